/* Sets the TeX of one page as HTML. Arguments: MathJax's folder, and the way from the page to the fonts.
   Reads {tex: options, formulas: [{tex, display}]}; writes {formulas: [HTML], style: the sheet they need}.
   One process a page: MathJax puts only the characters into the sheet that it has met since it started. */

"use strict";

const [folder, fontURL] = process.argv.slice(2);
const asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));

/* A formula is set as tall as the text around it: an "x" of 0.52 em, typical of the fonts that systems read in,
   by an "x" of 0.442 em in MathJax's own. */
const SCALE = 0.52 / 0.442;
const EM = 16;

async function setPage(MathJax) {
  const dom = MathJax.startup.adaptor;
  const formulas = [];
  for (const { tex, display } of asked.formulas) {
    const size = { display, em: EM, ex: EM / 2, containerWidth: 45 * EM, scale: SCALE };
    formulas.push(dom.outerHTML(await MathJax.tex2chtmlPromise(tex, size)));
  }
  return { formulas, style: dom.textContent(MathJax.chtmlStylesheet()) };
}

require(folder + "/node-main.js").init({
  loader: { load: ["input/tex-full", "output/chtml", "adaptors/liteDOM", "a11y/assistive-mml"], versionWarnings: false },
  /* a slip in the TeX is to be an error here, not red ink on the page */
  tex: { ...asked.tex, packages: { "[-]": ["noerrors", "noundefined"] } },
  chtml: { fontURL },
}).then(setPage).then((done) => {
  process.stdout.write(JSON.stringify(done));
}).catch((error) => {
  process.stderr.write(String(error && error.stack || error));
  process.exitCode = 1;
});
