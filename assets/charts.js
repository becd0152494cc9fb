/* Draws the live charts of a page. Loaded only where there is one; works from the file system:
   a plain script, no module, no fetch, no other host. Without it the static picture stays.
   Vega is large, so it is fetched only when the reader comes near a chart. */

(function () {
  "use strict";

  var here = document.currentScript.src;
  var NEAR = "600px 0px";      /* how far above and below the window a chart counts as near */
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

  /* The box carries the description; the drawing inside needs no second name. */
  function keepOneName(target) {
    [target].concat(Array.from(target.querySelectorAll(".chart-wrapper, [role='graphics-document']"))).forEach(function (part) {
      ["role", "aria-roledescription", "aria-label"].forEach(function (name) { part.removeAttribute(name); });
    });
    var svg = target.querySelector("svg");
    if (svg) { svg.setAttribute("aria-hidden", "true"); }
  }

  function start(box) {
    var holder = box.querySelector("script.hbm-spec");
    var canvas = box.querySelector(".hbm-canvas");
    if (!holder || !canvas) { return; }
    var spec = JSON.parse(holder.textContent);
    var names = boundNames(spec);
    var current = null;

    function draw() {
      var kept = current ? keepValues(current.view, names) : null;
      var target = document.createElement("div");
      /* behind the picture that stands there: a chart takes its width from the place where it is drawn */
      target.className = "hbm-drawing";
      canvas.appendChild(target);
      var options = { actions: false, renderer: "svg", config: config(), ast: false };
      return window.vegaEmbed(target, spec, options).then(function (result) {
        if (current) { current.finalize(); }
        current = result;
        box.hbmView = result.view;
        target.classList.remove("hbm-drawing");
        canvas.replaceChildren(target);
        if (kept) {
          Object.keys(kept).forEach(function (name) { result.view.signal(name, kept[name]); });
        }
        keepOneName(target);
        labelControls(box);
        box.dataset.drawn = theme();
        return result.view.runAsync();
      }).catch(function (error) {
        target.remove();
        console.error("A live chart could not be drawn: " + error.message);
      });
    }

    redraw.push(draw);
    draw();
  }

  function followTheme() {
    var last = theme();
    new MutationObserver(function () {
      if (theme() === last) { return; }
      last = theme();
      redraw.forEach(function (draw) { draw(); });
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  /* Calls back when Vega is there; fetches it the first time. */
  var waiting = null;
  function withVega(callback) {
    if (window.vegaEmbed) { callback(); return; }
    if (waiting) { waiting.push(callback); return; }
    waiting = [callback];
    var script = document.createElement("script");
    script.src = new URL("vega.js", here).href;
    script.onload = function () { waiting.forEach(function (each) { each(); }); };
    script.onerror = function () { console.error("vega.js is missing from the book."); };
    document.head.appendChild(script);
  }

  var near = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) { return; }
      near.unobserve(entry.target);
      withVega(function () { start(entry.target); });
    });
  }, { rootMargin: NEAR });

  /* The picture keeps the room of all sliders that will stand below it, so that nothing moves when they come. */
  function keepRoom(box) {
    var holder = box.querySelector("script.hbm-spec");
    if (holder) { box.style.setProperty("--sliders", boundNames(JSON.parse(holder.textContent)).length); }
  }

  document.querySelectorAll(".hbm-live").forEach(function (box) { keepRoom(box); near.observe(box); });
  followTheme();
})();
