// A program with Socket.IO's own client: it sends each line that it reads until it is acknowledged,
// and prints the messages that it has, after each change.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, transports, name, place = "lobby"] = process.argv.slice(2);
const known = {};
const messages = new Map();
const socket = io(url, {
  transports: transports.split(","),
  auth: (give) => give({ name, room: place, ...known }),
  reconnectionDelay: 100,
  reconnectionDelayMax: 200,
});

function apply(version, changed) {
  known.after = version;
  for (const message of changed) messages.set(message.seq, message.body);
  console.log(`has ${[...messages.values()].join("|")}`);
}

socket.on("connect_error", (error) => console.log("refused", error.data?.code ?? error.message));
socket.on("disconnect", (reason) => console.log("disconnected", reason));
socket.on("welcome", ({ user, token }) => {
  known.token = token;
  console.log(`is ${user.name}`);
});
socket.on("joined", ({ room, reset, messages: missed }) => {
  if (reset) messages.clear();
  known.epoch = room.epoch;
  apply(room.version, missed);
  setTimeout(() => console.log("over", socket.io.engine.transport.name), 300);
});
socket.on("presence", ({ joined, left }) => {
  for (const user of joined) console.log(`sees ${user.name}`);
  for (const user of left) console.log(`misses ${user.name}`);
});
socket.on("message", ({ version, message }) => apply(version, [message]));

function send(id, body) {
  socket.timeout(1000).emit("send", { room: place, id, body }, (error, reply) => {
    if (error || reply.code === "forbidden") setTimeout(send, 100, id, body);
    else console.log(`${reply.type} ${body}`);
  });
}

let number = 0;
createInterface(process.stdin).on("line", (line) => send(`line-${number++}`, line));
