import { translate, translateParts } from "../laterwords.js";
import { addWords } from "../logic/translate.js";

/** What the scripts of the rooms say: as WORDS in ../words.js, for those who import from here. */
export const ROOM_WORDS = {
  cancel: "Cancel",
  done: "Done",

  // The list of rooms
  switchRoomOrPerson: "Go to a room or a person",

  // The keys, by what is written on them, and by what they do
  keyControl: "Ctrl",
  keyAlt: "Alt",
  keyShift: "Shift",
  keyEnter: "Enter",
  keyEscape: "Esc",
  keyTab: "Tab",
  keysStep: "The room above or below",
  keysUnread: "The unread room above or below",
  keysReading: "Reading",
  keysToMessages: "From where you write to the messages",
  keysMessage: "The message above or below",
  keysBeside: "The author of a message, and its reactions",
  keysActions: "What you can do with a message",
  keysEscape: "Close what is open, then mark as read",
  keysHelp: "This list, outside of a text",
  keysWriting: "Writing",
  keysSend: "Send",
  keysLine: "A new line",
  keysEditLast: "Edit your last message, in an empty field",
  keysMention: "Mention somebody",
  keysEmoji: "Find an emoji by its name",
  keysTake: "Take what is suggested",
  keysBold: "Bold",
  keysItalic: "Italic",
  keysCode: "Code",
  keysStruck: "Struck through",

  // A room that asks for a password
  enterRoom: "Join {name}",
  roomAsks: "This room asks for a password, once.",
  password: "Password",
  enter: "Join",

  // Direct messages
  directMessage: "Direct message",
  sendDirect: "Send a direct message",

  // What waits for one
  waiting: "For you",
  nothingWaits: "Nothing is waiting for you. Mentions, replies and direct messages come here.",
  mentionedIn: "{user} mentioned you in {room}",
  repliedIn: "{user} replied to you in {room}",
  wroteToYou: "{user} wrote to you",

  // Who belongs to a room
  peopleOfRoom: "People of this room",
  addPerson: "Add somebody",
  addName: "Add {name}",
  notFoundPerson: "Nobody found. Try other letters.",
  roleOf: "Role of {name}",
  roleOwner: "Owner",
  roleModerator: "Moderator",
  roleMember: "Member",
  roleReader: "Reader",
  visitor: "Visitor",
  makeOwner: "{user} can then do everything here, and also delete this room.",
  makeModerator: "{user} can then remove and ban people here.",
  makeMember: "{user} can then read and write here, as everybody.",
  makeReader: "{user} can then read here, but not write.",
  changeRole: "Change role",
  handOver: "Hand over, and be a moderator",
  remove: "Remove",
  removeName: "Remove {name}",
  removeAsk: "Remove {user} from this room? Their messages stay.",
  ban: "Ban",
  banName: "Ban {name}",
  banAsk: "Ban {user} from this room? They cannot come back until they are let in again.",
  banned: "Banned",
  letIn: "Let in again",
  letInName: "Let {name} in again",

  // A new room, and its settings
  newRoom: "New room",
  createRoom: "Create this room",
  roomSettings: "Room settings",
  save: "Save",
  roomName: "Name",
  topic: "Topic",
  whoComes: "Who can come in",
  publicRoom: "Everybody",
  publicRoomMeans: "Everybody can find and read this room.",
  passwordRoom: "Who knows the password",
  passwordRoomMeans: "It is asked once, and the room is in no list.",
  privateRoom: "Who is invited",
  privateRoomMeans: "Only people who are invited can see this room.",
  roomPassword: "Password",
  typePassword: "Type a password.",
  newPassword: "New password",
  newPasswordMeans: "Leave this empty to change nothing.",
  noPassword: "Ask for no password",
  becomesPrivate: "The room gets another address. Who does not belong to it leaves it.",
  becomesPublic: "The room gets another address. Everybody can read what was written.",
  closeRoom: "Closed",
  closeRoomMeans: "Everybody can read here, and nobody can write.",

  // An invitation
  invitePeople: "Invite people",
  inviteMeans: "Whoever has the link can come in.",
  linkLasts: "The link works for",
  days: { one: "{count} day", other: "{count} days" },
  linkUses: "It lets in",
  uses: { one: "{count} person", other: "{count} people" },
  anyUses: "any number of people",
  makeLink: "Make a link",
  passOnLink: "Pass this link on. It is shown once.",
  invitationLink: "Link",
  copyInvitation: "Copy the link",
  invitationCopied: "Link copied",
  qrCode: "The link as a QR code",

  // The end
  leaveRoom: "Leave this room",
  leavePublicMeans: "It leaves your list. You can come back at any time.",
  leavePrivateMeans: "You can come back when somebody invites you.",
  leave: "Leave",
  hideDirect: "Hide this conversation",
  hideMeans: "It comes back when there is something new. Nothing is deleted.",
  hide: "Hide",
  deleteRoom: "Delete this room",
  deleteMeans: "Everything in {room} is deleted for everybody. It cannot be brought back.",
  typeItsName: "Type the name of the room",
  otherName: "That is another name. Type the name of this room.",
  deleteForAll: "Delete for everybody",
};

addWords(ROOM_WORDS);

export { translate, translateParts };
