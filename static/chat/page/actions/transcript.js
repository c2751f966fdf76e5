import { timeText } from "../logic/times.js";
import { translate } from "../laterwords.js";
import { part } from "../parts/dom.js";

/** Makes a copy of several messages a transcript: who wrote, when, and the text as it was typed. */
export function mountTranscript({ part: partOfRoom, signal, messages: { list } }) {
  const stream = partOfRoom("stream");
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    const chosen = [...stream.querySelectorAll(".message")].filter((element) => {
      return range.intersectsNode(part("body", element)) && !element.classList.contains("deleted");
    });
    if (chosen.length < 2) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", transcriptOf(chosen, range, list));
  }, { signal });
}

function transcriptOf(elements, range, list) {
  const lines = elements.map((element, index) => {
    const message = list.messageAt(element);
    const text = selectedText(part("body", element), range, message.body);
    if (index > 0 && element.classList.contains("continued")) return text;
    const time = timeText(new Date(message.at));
    const head = translate("transcriptHead", { name: message.author.name, time });
    return `${index > 0 ? "\n" : ""}${head}\n${text}`;
  });
  return lines.join("\n");
}

/** Returns the text of a message as far as it is selected: all of it as it was typed. */
function selectedText(body, range, source) {
  const part = document.createRange();
  part.selectNodeContents(body);
  const cutsStart = range.compareBoundaryPoints(Range.START_TO_START, part) > 0;
  const cutsEnd = range.compareBoundaryPoints(Range.END_TO_END, part) < 0;
  if (!cutsStart && !cutsEnd) return source;
  if (cutsStart) part.setStart(range.startContainer, range.startOffset);
  if (cutsEnd) part.setEnd(range.endContainer, range.endOffset);
  return part.toString();
}
