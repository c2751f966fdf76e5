/*
 * Where the room's module does not run, because the browser is too old for it, or a part of it did
 * not load: says so in the place of the composer, and offers the room as lines of text
 * (docs/protocol.md, "The socket for terminals"). No module, and JavaScript of 2009: it runs where
 * nothing else does.
 */
(function () {
  "use strict";

  // Longer than the slowest line takes, and shorter than anybody waits.
  var PATIENCE_MS = 30000;
  var page = document.documentElement;
  var socket = null;

  function part(name) {
    return document.querySelector('[data-part="' + name + '"]');
  }

  /** The module runs, or waits for the answer to its first question. */
  function hasStarted() {
    return page.getAttribute("data-page") !== null;
  }

  function isOwn(address) {
    return !address || address.indexOf(location.protocol + "//" + location.host + "/") === 0;
  }

  /** What this script says is in the page, in its language. */
  function words(name) {
    return part("trouble").getAttribute("data-" + name);
  }

  function showConnection(title, state) {
    part("connection").hidden = false;
    part("connection").setAttribute("data-state", state);
    part("connection").title = title;
    part("connection").firstElementChild.textContent = title;
  }

  function showTrouble(reason) {
    part("trouble-words").textContent = reason;
    part("trouble").hidden = false;
    part("composer").hidden = true;
    showConnection(words("not-connected"), "stopped");
  }

  function hideTrouble() {
    part("trouble").hidden = true;
    part("composer").hidden = false;
  }

  function check() {
    if (hasStarted() || socket) return;
    // In the HTML they are no words: a browser without scripts would show them.
    part("trouble-button").textContent = part("trouble-button").getAttribute("data-words");
    showTrouble(part("trouble-words").getAttribute("data-words"));
  }

  // An error in a module, or one that did not load; an extension's own errors are none of ours.
  function onError(event) {
    var failed = event.target;
    var isScript = failed && failed.nodeName === "SCRIPT" && isOwn(failed.src);
    var isThrown = failed === window && isOwn(event.filename);
    if (page.getAttribute("data-page") === "running" || !(isScript || isThrown)) return;
    page.removeAttribute("data-page");
    if (part("entry").open) part("entry").close("failed");
    check();
  }

  function addLine(text) {
    var line = document.createElement("p");
    line.className = "plain-line";
    line.dir = "auto";
    line.textContent = text;
    part("beginning").hidden = true;
    part("stream").appendChild(line);
    part("scroller").scrollTop = part("scroller").scrollHeight;
  }

  function askName() {
    var known = JSON.parse(document.getElementById("page").textContent);
    return known.signedIn ? "" : window.prompt(words("name"), "");
  }

  function chatPlainly() {
    var name = askName();
    var room = location.pathname.split("/")[2];
    if (name === null) return;
    socket = new WebSocket(
      location.protocol.replace("http", "ws") + "//" + location.host + "/ws/plain/" + room +
        (name ? "?name=" + encodeURIComponent(name) : "")
    );
    socket.onopen = function () {
      hideTrouble();
      part("composer-send").disabled = false;
      showConnection(words("connected"), "open");
    };
    socket.onmessage = function (event) {
      addLine(event.data);
    };
    socket.onclose = function () {
      part("trouble-button").textContent = words("again");
      showTrouble(words("ended"));
    };
  }

  function sendLine(event) {
    var text = part("composer-text");
    if (!socket) return;
    event.preventDefault();
    if (socket.readyState !== 1 || !text.value.trim()) return;
    socket.send(text.value);
    addLine(words("you") + ": " + text.value);
    text.value = "";
  }

  // An error of a script is an event of the script, which only this way comes by here.
  window.addEventListener("error", onError, true);
  window.addEventListener("unhandledrejection", function () {
    if (page.getAttribute("data-page") === "starting") onError({ target: window });
  });
  window.addEventListener("load", check);
  setTimeout(check, PATIENCE_MS);
  // It came late: from now on it has the composer.
  document.addEventListener("chat:running", function () {
    if (socket) {
      socket.onclose = null;
      socket.close();
      socket = null;
    }
    if (!part("trouble").hidden) hideTrouble();
  });
  document.addEventListener("DOMContentLoaded", function () {
    part("trouble-button").addEventListener("click", chatPlainly);
    part("composer").addEventListener("submit", sendLine);
    part("composer-text").addEventListener("keydown", function (event) {
      if (event.keyCode === 13 && !event.shiftKey && !event.isComposing) sendLine(event);
    });
  });
})();
