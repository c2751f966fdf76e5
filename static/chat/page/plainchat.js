/*
 * A room whose module does not run, as lines of text (docs/protocol.md, "The socket
 * for terminals"). No module, and JavaScript of 2009.
 */
(function () {
  "use strict";

  var hasFailed = false;
  var socket = null;

  function part(name) {
    return document.querySelector('[data-part="' + name + '"]');
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

  /** Offers the conversation in the place of the composer. */
  function offer(label) {
    hasFailed = true;
    if (part("entry").open) part("entry").close("failed");
    part("trouble-button").textContent = label;
    part("trouble").hidden = false;
    part("composer").hidden = true;
    showConnection(words("not-connected"), "stopped");
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

  function connect() {
    var name = askName();
    var room = location.pathname.split("/")[2];
    if (name === null) return;
    socket = new WebSocket(
      location.protocol.replace("http", "ws") + "//" + location.host + "/ws/plain/" + room +
        (name ? "?name=" + encodeURIComponent(name) : "")
    );
    socket.onopen = function () {
      part("trouble").hidden = true;
      part("composer").hidden = false;
      part("composer-send").disabled = false;
      showConnection(words("connected"), "open");
    };
    socket.onmessage = function (event) {
      addLine(event.data);
    };
    socket.onclose = function () {
      part("trouble-words").textContent = words("ended");
      offer(words("again"));
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
    // What was sent is kept no longer (early.js).
    if (text.oninput) text.oninput();
  }

  // The module came late: from now on it has the composer.
  document.addEventListener("chat:running", function () {
    if (socket) {
      socket.onclose = null;
      socket.close();
      socket = null;
    }
    if (hasFailed) part("composer").hidden = false;
  });
  // Else the module came while this was loaded.
  if (document.documentElement.getAttribute("data-page") === null) {
    part("trouble-button").addEventListener("click", connect);
    part("composer").addEventListener("submit", sendLine);
    part("composer-text").addEventListener("keydown", function (event) {
      if (event.keyCode === 13 && !event.shiftKey && !event.isComposing) sendLine(event);
    });
    offer(part("trouble-button").getAttribute("data-words"));
  }
})();
