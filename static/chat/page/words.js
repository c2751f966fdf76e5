/**
 * All that the page's scripts say, in English: sentences with named places. Where a count decides
 * the form, `one` and `other` are categories of Intl.PluralRules. Another language is one file
 * more, locale/<language>/page.json, with these keys (docs/architecture.md, “Another
 * language”).
 */
export const WORDS = {
  // Lists of names
  two: "{first} and {second}",
  three: "{first}, {second} and {third}",
  others: { one: "{count} other", other: "{count} others" },

  // Who is there, and what they do
  typing: { one: "{names} is typing", other: "{names} are typing" },
  severalTyping: "Several people are typing",
  connected: "{names} connected",
  disconnected: "{names} disconnected",
  renamed: "{former} is now {user}",
  youJoined: "You joined",
  youRenamed: "You are now {you}",
  people: "People",
  peopleHere: { one: "{count} person here", other: "{count} people here" },
  morePeople: { one: "and {count} more", other: "and {count} more" },
  you: "you",

  // Messages
  today: "Today",
  yesterday: "Yesterday",
  roomBegins: "{room} begins here",
  welcomeToRoom: "Welcome to {room}",
  conversationWith: "Your conversation with {room}",
  messageDeleted: "This message was deleted.",
  editedAt: "Edited {time}",
  editAgain: "Edit again",
  tryAgain: "Try again",
  changedElsewhere: "This message was changed elsewhere. Edit it again, or discard this.",
  deletedElsewhere: "This message was deleted. Copy your words, or discard them.",
  editEnded: "This message cannot be edited any more. Copy your words, or discard them.",
  notLoaded: "This message could not be loaded. Try again in a moment.",
  notLoadedYet: "This could not be loaded. Check your connection, and try again.",
  noMessage: "There is no message at this link. Check it, or look for it here.",
  earlierMessage: "An earlier message",
  newMessages: { one: "{count} new message", other: "{count} new messages" },
  someForYou: "{words}, {count} for you",
  toNewest: "Go to the newest message",
  turningCharacter: "A character that would turn the text after it",
  maybeSent: "This may have been sent already. Look for it above first.",
  tooLong: "This message is too long. Send it in parts.",

  // Writing
  writeTo: "Write to {room}",
  replyingTo: "Replying to {name}",
  charactersLeft: { one: "{count} character left", other: "{count} characters left" },
  charactersTooMany: { one: "{count} character too long", other: "{count} characters too long" },
  wait: "That was quick. The rest goes out in {seconds} s.",
  closed: "This room is closed. You can read, but not write.",
  membersOnly: "Only members can write here. Sign in to take part.",
  readOnly: "You can only read here.",

  // The connection; {wait} is empty, or the next line
  connectingKept: "Connecting{wait}. What you type is kept.",
  reconnectingKept: "Reconnecting{wait}. Your messages are kept.",
  inSeconds: " in {seconds} s",
  offlineKept: "You are offline. Your messages are kept.",
  moved: "This address leads to another one now. What you have not sent goes along.",
  stateOffline: "Offline",
  stateConnecting: "Connecting",
  stateOpen: "Connected",
  stateSimpler: "Connected. Messages may take a moment longer.",
  stateWaiting: "Reconnecting",
  stateStopped: "Not connected",

  // The end of a visit
  notUnderstood: "The server did not understand this page. Reload it.",
  signedOut: "You were signed out",
  signedOutNext: "Sign in to go on.",
  visitEnded: "Your visit has ended",
  visitEndedNext: "Join again to go on.",
  removed: "You can no longer take part here",
  removedNext: "An admin can tell you why.",
  noRoom: "This room does not exist",
  noRoomNext: "Check the link, or choose another room.",
  roomDeleted: "This room was deleted",
  roomDeletedNext: "Choose another room to go on.",
  roomLeft: "You are no longer in this room",
  roomLeftNext: "Choose another room, or ask one of its moderators.",
  notJoined: "You cannot join this room",
  typeThePassword: "Type the password",
  signIn: "Sign in",
  joinAgain: "Join again",
  allRooms: "All rooms",
  reload: "Reload the page",

  // Joining
  opening: "Opening {room}",
  typeName: "Type your name.",
  notReached: "The server cannot be reached. Check your connection, and try again.",
  openElsewhere: "{name} is open in another tab. Choose another name for this one.",
};
