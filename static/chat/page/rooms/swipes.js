const FAR_PX = 64;
const SIDEWAYS = 2;

/** Calls `onSwipe("start" | "end")` where a finger moved sideways to that side of the line. */
export function watchSwipes(onSwipe) {
  let start = null;
  document.addEventListener("touchstart", ({ touches, target }) => {
    const isOne = touches.length === 1 && !scrollsSideways(target) && !target.closest("input, textarea");
    start = isOne ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true });
  document.addEventListener("touchend", ({ changedTouches }) => {
    if (!start) return;
    const x = changedTouches[0].clientX - start.x;
    const y = changedTouches[0].clientY - start.y;
    start = null;
    const isSelecting = !getSelection().isCollapsed;
    if (isSelecting || Math.abs(x) < FAR_PX || Math.abs(x) < SIDEWAYS * Math.abs(y)) return;
    const isRightToLeft = document.documentElement.dir === "rtl";
    onSwipe(x > 0 === isRightToLeft ? "start" : "end");
  }, { passive: true });
}

function scrollsSideways(target) {
  for (let each = target; each instanceof Element; each = each.parentElement) {
    if (each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX !== "hidden" && getComputedStyle(each).overflowX !== "visible") return true;
  }
  return false;
}
