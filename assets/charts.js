/* Draws the live charts of a page. Loaded only where there is one; works from the file system:
   a plain script, no module, no fetch, no other host. Without it the static picture stays. */

(function () {
  "use strict";

  var here = document.currentScript.src;
  var redraw = [];

  function theme() {
    return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  }

  function ink() {
    return getComputedStyle(document.documentElement).getPropertyValue("--hbm-ink").trim();
  }

  function config() {
    var colour = ink();
    var grid = getComputedStyle(document.documentElement).getPropertyValue("--hbm-line").trim();
    return {
      background: "transparent",
      axis: { labelColor: colour, titleColor: colour, domainColor: colour, tickColor: colour, gridColor: grid },
      legend: { labelColor: colour, titleColor: colour },
      header: { labelColor: colour, titleColor: colour },
      title: { color: colour, subtitleColor: colour },
      text: { color: colour },
      view: { stroke: "transparent" }
    };
  }

  function labelControls(box) {
    box.querySelectorAll(".vega-bind").forEach(function (bind, index) {
      var input = bind.querySelector("input, select");
      var name = bind.querySelector(".vega-bind-name");
      if (!input || !name) { return; }
      input.id = box.id + "-control-" + index;
      if (name.tagName === "LABEL") { name.htmlFor = input.id; }
      input.setAttribute("aria-label", name.textContent.trim() || "Value");
    });
  }

  function keepValues(view, names) {
    var values = {};
    names.forEach(function (name) {
      try { values[name] = view.signal(name); } catch (error) { /* not a signal */ }
    });
    return values;
  }

  function boundNames(spec) {
    return (spec.params || []).filter(function (p) { return p.bind; }).map(function (p) { return p.name; });
  }

  function start(box) {
    var holder = box.querySelector("script.hbm-spec");
    var canvas = box.querySelector(".hbm-canvas");
    if (!holder || !canvas) { return; }
    var spec = JSON.parse(holder.textContent);
    var names = boundNames(spec);
    var current = null;
    /* what stands there now is the static picture: keep its height until the chart is drawn */
    canvas.style.minHeight = Math.max(canvas.offsetHeight, 1) + "px";

    function draw() {
      var kept = current ? keepValues(current.view, names) : null;
      var target = document.createElement("div");
      var options = { actions: false, renderer: "svg", config: config(), ast: false };
      return window.vegaEmbed(target, spec, options).then(function (result) {
        if (current) { current.finalize(); }
        current = result;
        box.hbmView = result.view;
        canvas.replaceChildren(target);
        if (kept) {
          Object.keys(kept).forEach(function (name) { result.view.signal(name, kept[name]); });
        }
        /* the box carries the description; the drawing inside needs no second name */
        var svg = target.querySelector("svg");
        if (svg) { svg.setAttribute("aria-hidden", "true"); svg.removeAttribute("role"); }
        var wrapper = target.querySelector(".chart-wrapper, .vega-embed [role]");
        if (wrapper) { wrapper.removeAttribute("role"); wrapper.removeAttribute("aria-roledescription"); wrapper.removeAttribute("aria-label"); }
        labelControls(box);
        box.dataset.drawn = theme();
        return result.view.runAsync();
      }).catch(function (error) {
        console.error("A live chart could not be drawn: " + error.message);
      });
    }

    redraw.push(draw);
    draw();
  }

  function begin() {
    document.querySelectorAll(".hbm-live").forEach(start);
    var last = theme();
    new MutationObserver(function () {
      if (theme() === last) { return; }
      last = theme();
      redraw.forEach(function (draw) { draw(); });
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  if (!document.querySelector(".hbm-live")) { return; }
  var script = document.createElement("script");
  script.src = new URL("vega.js", here).href;
  script.onload = begin;
  script.onerror = function () { console.error("vega.js is missing from the book."); };
  document.head.appendChild(script);
})();
