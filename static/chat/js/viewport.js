/**
 * Keeps the composer above the keyboard where the browser lays the keyboard over the page and
 * scrolls the page underneath it.
 */
export function mountViewport() {
  const { visualViewport: viewport } = window;
  if (!viewport) return;
  const fit = () => {
    if (viewport.scale !== 1) return;
    document.documentElement.style.setProperty("--viewport-height", `${viewport.height}px`);
    window.scrollTo(0, 0);
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
}
