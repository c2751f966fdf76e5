/*
 * Where the module of a page does not run, because the browser is too old for it, or a part of it
 * did not load: says so. What the page can do all the same is in a script of its own, which is
 * loaded then (plainchat.js). No module, and JavaScript of 2009: it runs where nothing else
 * does.
 */
(function () {
  "use strict";

  // Longer than the slowest line takes, and shorter than anybody waits.
  var PATIENCE_MS = 30000;
  var page = document.documentElement;
  var hasFailed = false;

  function part(name) {
    return document.querySelector('[data-part="' + name + '"]');
  }

  function isOwn(address) {
    return !address || address.indexOf(location.protocol + "//" + location.host + "/") === 0;
  }

  /** Where there are Trusted Types, a script's address is taken from a named policy alone. */
  function trusted(address) {
    var types = window.trustedTypes;
    if (!types) return address;
    return types.createPolicy("plainchat", { createScriptURL: String }).createScriptURL(address);
  }

  /** A room's page has a script with which one can chat all the same. */
  function offerPlainChat(address) {
    var script = document.createElement("script");
    if (!address) return;
    script.src = trusted(address);
    document.head.appendChild(script);
  }

  /** The mark is missing while no module runs, nor waits for the answer to its first question. */
  function check() {
    if (hasFailed || page.getAttribute("data-page") !== null) return;
    hasFailed = true;
    // In the HTML they are no words: a browser without scripts would show them.
    part("trouble-words").textContent = part("trouble-words").getAttribute("data-words");
    part("trouble").hidden = false;
    offerPlainChat(part("trouble").getAttribute("data-plainchat"));
  }

  // An error in a module, or one that did not load; an extension's own errors are none of ours.
  function onError(event) {
    var failed = event.target;
    var isScript = failed && failed.nodeName === "SCRIPT" && isOwn(failed.src) && !failed.hasAttribute("data-optional");
    var isThrown = failed === window && isOwn(event.filename);
    if (page.getAttribute("data-page") === "running" || !(isScript || isThrown)) return;
    page.removeAttribute("data-page");
    check();
  }

  // An error of a script is an event of the script, which only this way comes by here.
  window.addEventListener("error", onError, true);
  window.addEventListener("unhandledrejection", function () {
    if (page.getAttribute("data-page") === "starting") onError({ target: window });
  });
  window.addEventListener("load", check);
  setTimeout(check, PATIENCE_MS);
  // It came late.
  document.addEventListener("chat:running", function () {
    part("trouble").hidden = true;
  });
})();
