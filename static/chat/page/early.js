/*
 * Keeps over a reload what is typed in the composer before the room's module runs, which loads for
 * longer; parts/earlywords.js goes on from there. No module: it would wait for that one.
 */
(function () {
  "use strict";

  var text = document.querySelector('[data-part="composer-text"]');
  var key = "chat:early" + location.pathname;

  function keep() {
    try {
      sessionStorage.setItem(key, text.value);
    } catch (error) {
      // The browser denies its storage, or it is full.
    }
  }

  function kept() {
    try {
      return sessionStorage.getItem(key) || "";
    } catch (error) {
      return "";
    }
  }

  // A browser may have filled the field itself.
  if (text.value !== kept()) text.value = [kept(), text.value].filter(Boolean).join("\n");
  keep();
  text.oninput = keep;
})();
