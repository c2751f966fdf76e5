const GAP_PX = 4;
const EDGE_PX = 8;

/**
 * Places what floats below a box on the screen, or above it where there is no room or `isAbove`;
 * its end is in line with the box's, or its start without `alignsEnd`.
 */
export function placeBeside(element, box, { alignsEnd = true, isAbove = false } = {}) {
  const { offsetWidth: width, offsetHeight: height, style } = element;
  const below = box.bottom + GAP_PX;
  const above = box.top - GAP_PX - height;
  const hasRoom = isAbove ? above < EDGE_PX : below + height + EDGE_PX <= innerHeight;
  const top = hasRoom ? below : Math.max(EDGE_PX, above);
  const atRight = alignsEnd !== (document.documentElement.dir === "rtl");
  const start = atRight ? box.right - width : box.left;
  const left = Math.min(Math.max(EDGE_PX, start), innerWidth - width - EDGE_PX);
  style.setProperty("--top", `${top}px`);
  style.setProperty("--left", `${left}px`);
}
