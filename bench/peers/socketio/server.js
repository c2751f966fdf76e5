// A chat on Socket.IO with the Redis adapter: node server.js PORT REDIS_URL [DATABASE]
// With DATABASE every message is committed to SQLite before its broadcast and its ack.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import Redis from "ioredis";
import { Server } from "socket.io";

const [port, redisUrl, database] = process.argv.slice(2);

const publisher = new Redis(redisUrl);
const subscriber = publisher.duplicate();
const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber),
  transports: ["websocket"],
});
const store = database ? await openStore(database) : () => {};

// Advised by Socket.IO's page on memory: the first request is not needed any more.
io.engine.on("connection", (socket) => {
  socket.request = null;
});

io.on("connection", (socket) => {
  const { room, name } = socket.handshake.auth;
  socket.on("join", async (done) => {
    await socket.join(room);
    done();
  });
  socket.on("message", (id, body, done) => {
    store(room, name, id, body);
    io.to(room).emit("message", { id, author: name, body });
    done();
  });
});

http.listen(Number(port), "127.0.0.1");

async function openStore(path) {
  const { default: Database } = await import("better-sqlite3");
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(`CREATE TABLE messages (
    seq INTEGER PRIMARY KEY, room TEXT, author TEXT, id TEXT, body TEXT,
    at INTEGER DEFAULT (unixepoch()), UNIQUE (room, author, id))`);
  const insert = db.prepare("INSERT INTO messages (room, author, id, body) VALUES (?, ?, ?, ?)");
  return (...message) => insert.run(...message);
}
