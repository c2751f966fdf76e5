/**
 * Keeps the composer above a keyboard that the browser lays over the page, which it scrolls
 * under it.
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
