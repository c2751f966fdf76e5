// The page of an older chat as a program: it sends the event that is its last argument, then each
// event that it reads, and prints those that it gets. All of them are JSON.
import { Agent } from "node:http";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, transports, localAddress, introduction] = process.argv.slice(2);
const socket = io(url, {
  transports: transports.split(","),
  agent: new Agent({ localAddress, keepAlive: true }),
  reconnectionDelay: 100,
  reconnectionDelayMax: 200,
});

socket.onAny((...event) => console.log(JSON.stringify(event)));
socket.on("disconnect", (reason) => console.log("disconnected", reason));
socket.io.engine.on("upgrade", ({ name }) => console.log("over", name));
socket.emit(...JSON.parse(introduction));
createInterface(process.stdin).on("line", (line) => socket.emit(...JSON.parse(line)));
