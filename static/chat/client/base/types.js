/**
 * @typedef {object} User
 * @property {string} id the same in every room
 * @property {string} name
 * @property {"guest" | "member" | "bot"} kind
 */

/**
 * @typedef {object} Message
 * @property {number} seq 1, 2, 3 … in its room, without gaps
 * @property {number} version the room's version at its last change
 * @property {string} id chosen by its sender's client
 * @property {User} author
 * @property {string} body text, not HTML; empty in a deleted one
 * @property {string} at when it was stored, in RFC 3339 and UTC
 * @property {string | null} edited_at
 * @property {boolean} deleted
 * @property {Reaction[]} [reactions] where there are any, in the order of the first of each
 * @property {number} [reply_to] the seq of the message that it replies to: see `refs`
 * @property {"plain"} [format] to be shown as it is, without marks
 * @property {(User & {was?: string})[]} [mentions] who is meant, under their names now: see
 *   `mentionsMe`; `was` is the name in the text, where that is another
 * @property {"here" | "room"} [mentions_all] everybody is meant
 */

/**
 * @typedef {object} Reaction
 * @property {string} emoji
 * @property {number} count how many people
 * @property {string[]} by the ids of the first 20
 * @property {boolean} mine this client's person is one of them
 */

/**
 * How a message is sent.
 *
 * @typedef {object} Manner
 * @property {number} [replyTo] the seq of a message in the room
 * @property {"plain"} [format] to be shown as it is, without marks
 * @property {string[]} [mentions] the ids of the people who are meant; without it the server looks
 *   for names behind an @
 * @property {boolean} [mentionNames] with `mentions`: the server looks for further names, too
 */

/**
 * Messages that others reply to, by their seqs.
 *
 * @typedef {{[seq: number]: Message}} Refs
 */

/**
 * A page of messages, in ascending seq.
 *
 * @typedef {object} Page
 * @property {Message[]} messages
 * @property {boolean} more older ones exist
 * @property {boolean} [newer] newer ones exist; of a page at a place
 * @property {Refs} refs what they reply to
 */

/**
 * Where a page is, by a seq: give one of the three.
 *
 * @typedef {object} Place
 * @property {number} [before]
 * @property {number} [after]
 * @property {number} [around] the message with this seq is in the page
 * @property {number} [limit] 1 to 100; default 50
 */

/**
 * @typedef {object} Room
 * @property {string} [id] never another one; commands take it for the slug
 * @property {string} slug its name in commands
 * @property {string} name
 * @property {string} topic
 * @property {"public" | "private" | "direct"} kind
 * @property {boolean} closed it can be read, but not written in
 * @property {boolean} [has_password] it asks for a password, once
 * @property {string} epoch
 * @property {number} version the number of its changes
 * @property {number} seq that of its newest message
 * @property {Membership} [my] one's own place in it
 */

/** @typedef {Room} RoomInfo where Room is the class of those that one is in */

/**
 * @typedef {object} Membership
 * @property {"owner" | "moderator" | "member" | "reader"} role
 * @property {number} last_read the seq up to which one has read
 * @property {"everything" | "mentions" | "nothing"} level what one wants to hear of
 * @property {boolean} [hidden]
 * @property {("invite" | "moderate" | "manage")[]} [may] what one may do there besides reading and writing
 */

/**
 * One of one's own rooms, joined or not.
 *
 * @typedef {object} ListedRoom
 * @property {Room} room
 * @property {number} count how many people are there now
 * @property {User[]} [people] whom a direct room is between, oneself too
 * @property {number} last_read the seq up to which one has read, on any device
 * @property {number} unread how many messages came after that
 * @property {number} mentions how many of those mean one: mentions, replies; in a direct room all
 * @property {"everything" | "mentions" | "nothing"} level what one wants to hear of
 * @property {"owner" | "moderator" | "member" | "reader"} role
 * @property {boolean} [hidden] it is not to be shown while nothing in it is unread
 */

/**
 * @typedef {object} Site
 * @property {string} name
 * @property {string} welcome
 * @property {boolean} guests_may_write
 */

/**
 * @typedef {object} Limits
 * @property {number} body characters in a message
 * @property {number} name characters in a name
 * @property {number} frame bytes in a command
 * @property {number} edit seconds in which a message may be edited; 0 where it may not
 */

/**
 * What `send`, `edit`, `remove` and `react` resolve with, once that is stored. Only the id for a message that
 * was changed before it was sent.
 *
 * @typedef {{id: string, seq: number, version: number, at: string}} Receipt
 */

/**
 * An own message that is not known to be in the room yet.
 *
 * @typedef {object} OutboxEntry
 * @property {string} id
 * @property {string} body
 * @property {number} [reply_to]
 * @property {"plain"} [format]
 * @property {string[]} [mentions] the ids of those who are meant, where that was said
 * @property {number} at when it was written, in ms
 * @property {"waiting" | "sending" | "sent" | "failed"} state
 * @property {{code: string, message: string}} [error] why it failed
 */

/**
 * An edit, a deletion or a reaction that is not acknowledged yet. A refused reaction is forgotten.
 *
 * @typedef {object} OutboxChange
 * @property {string} id its own
 * @property {"edit" | "delete" | "react"} kind
 * @property {number | string} of its message: the seq, or the id while that is not known
 * @property {string} [body] the new text
 * @property {string[]} [mentions] the ids of those who are meant by it, where that was said
 * @property {string} [emoji] of a reaction
 * @property {boolean} [on] of a reaction: false where it is taken back
 * @property {number} at when it was made, in ms
 * @property {"waiting" | "sending" | "sent" | "failed"} state
 * @property {{code: string, message: string}} [error] why it failed
 */

/**
 * What this client has of a room.
 *
 * @typedef {object} Snapshot
 * @property {string} slug
 * @property {Room | null} info null before it was joined
 * @property {"out" | "joining" | "in" | "refused"} state
 * @property {Message[]} messages oldest first
 * @property {boolean} more older ones exist: see `history`
 * @property {Refs} refs what they reply to
 * @property {User[]} members at most 100
 * @property {number} count of all members
 * @property {OutboxEntry[]} outbox
 * @property {OutboxChange[]} changes
 */

/**
 * The state of the connection. It reconnects by itself from `waiting`, not from `stopped`.
 *
 * @typedef {object} State
 * @property {"connecting" | "open" | "waiting" | "stopped"} name
 * @property {"websocket" | "events" | "poll"} [transport] when `open`: the transport in use; the
 *   latter two are plain HTTP, for networks without WebSockets
 * @property {number} [retryAt] when `waiting`: the time of the next try, in ms; when `open`: until
 *   when the server asked to send nothing more of some kind
 * @property {boolean} [patient] when `waiting`: the server asked for this wait
 * @property {number | string | null} [code] when `stopped`: the close code or the error's
 * @property {string} [reason] when `waiting` or `stopped`, or with `retryAt`: a sentence for a
 *   person
 */

/**
 * What a listener receives, by the type of the event.
 *
 * @typedef {object} Events
 * @property {State} state the connection changed
 * @property {{user: User, token?: string, limits: Limits, site: Site, heartbeat: number}} welcome
 *   this client is identified: at each connection
 * @property {{site: Site, limits: Limits}} site the admin changed settings of all rooms
 * @property {{room: string, info: Room, members: User[], count: number}} joined this client is in
 *   a room, or in it again
 * @property {{room: string, messages: Message[], more: boolean, refs: Refs}} reset replace the messages
 *   shown by these: the newest at first, and after very many were missed
 * @property {{room: string, message: Message, refs: Refs}} message a new one, or one that was
 *   changed or deleted: it has the same `seq`
 * @property {{room: string, messages: Message[], more: boolean, refs: Refs}} history older ones were loaded
 * @property {{room: string, arrived: User[], left: User[], renamed: Renaming[], members: User[], count: number}}
 *   presence members arrived, left, or have another name
 * @property {{room: string, user: User}} renamed an author has another name, on the messages that
 *   are held too
 * @property {{room: string, users: User[]}} typing who types
 * @property {{room: string, info: Room, was?: string}} room its name, its topic or its rules
 *   changed; `was` is its slug until now
 * @property {{room: string, entries: OutboxEntry[], changes: OutboxChange[], retryAt: number | null, reason: string | null}}
 *   outbox messages and changes not yet in the room; until when and why messages wait, where the
 *   server asked to
 * @property {{rooms: ListedRoom[], changed: ListedRoom[], gone: string[]}} rooms the list of one's own
 *   rooms, what changed in it, and the ids of rooms that are no longer in it; after `watch`
 * @property {{room: string, seq: number}} read one has read so far on another device
 * @property {{room: string, seq: number, why: "mention" | "reply" | "direct", message: Message}}
 *   notice a message means this client's person, in whatever room
 * @property {{room: string | null, error: ChatError}} refused this client may not join,
 *   or was removed
 * @property {{error: ChatError}} error anything else that the server refused
 */

/**
 * @typedef {object} Options
 * @property {string | null} [name] what a guest wants to be called
 * @property {string | null} [room] a room to join at once, and the default of every method
 * @property {string | null} [token] of a guest or a bot, to be the same person again
 * @property {boolean} [signedIn] on the site's own pages: the session identifies the person
 * @property {number} [keep] how many messages to hold of each room; default 2,000 in a program, all
 *   of them in a page
 * @property {typeof WebSocket} [WebSocket] like those below, instead of the system's
 * @property {typeof fetch} [fetch]
 * @property {string} [pageOrigin] the origin of the page, as a browser names it
 * @property {{session: object, local: object}} [storage] two of the kind of `sessionStorage`
 * @property {object} [clock] `now()`, `setTimeout(callback, delay)` and `clearTimeout(timer)`
 * @property {() => number} [random]
 * @property {(handlers: {wake: () => void, doubt: () => void}) => () => void} [signals]
 * @property {() => string} [newId]
 */

/** @typedef {{user: User, former: string}} Renaming somebody, and the name they had */

/** @typedef {Error & {code: string, retryAfter?: number, suggestion?: string, reason?: string}} ChatError */
