export type {
  DecisionCounts,
  DriverState,
  FleetHistory,
  NearbyCar,
  NearbyDriver,
  SharedPosition,
  SharedState,
  SharedTrip,
  ShareLink,
  Track,
  TrackGeometry,
  TripSummary,
  VehicleHistory,
} from './answer-schemas.js';
export { TokenRequest } from './api.js';
export { AuditQuery } from './audit.js';
export {
  MAX_CHAT_PAGE,
  MAX_MESSAGES_PER_TRIP,
  MAX_TEXT_LENGTH,
  PARTIES,
  type Party,
  QUICK_REPLIES,
  type QuickReply,
  TYPING_EVERY_MS,
  TYPING_MS,
} from './chat.js';
export type { ChatMessage, ChatPage, ChatReceipt, ChatTyping } from './chat-schemas.js';
export { ChatAbout, ChatHistory, ChatMark, ChatSend } from './chat-schemas.js';
export { CODES, type Code, type Failure, isCode, ProtocolError } from './codes.js';
export type { Estimate } from './estimate.js';
export { EMPTY_FEED, type FeedEntry, FeedId, type FeedPart, FeedResume } from './feed.js';
export { FeedCursor, type FeedEvent } from './feed-cursor.js';
export { type FixBatch, MAX_FIXES_PER_BATCH, type ParsedFix, parseFixes } from './fix.js';
export { Fix, type FixExtras, type FixesAnswer, type Rejection } from './fix-schemas.js';
export type {
  CellCount,
  DriverGone,
  DriverPosition,
  FleetView,
  Frame,
  NearbyView,
  PlacedVehicle,
  Vehicle,
} from './fleet.js';
export type { DeviceReplaced, Hello, Leaving, Refused, ServiceState, ServiceTime, Stale } from './hello.js';
export { HistoryQuery, historySpan } from './history.js';
export { NAMESPACES, type Namespace } from './namespaces.js';
export { type Notice, NoticeRequest } from './notices.js';
export type {
  AuditAction,
  AuditEntry,
  Disconnected,
  MapSettings,
  NodeState,
  Presence,
  Problem,
  UserConnection,
} from './operations-schemas.js';
export type { TripPresence } from './presence.js';
export {
  type Incident,
  IncidentReport,
  Region,
  type RegionAlert,
  type RegionEvent,
  type RegionEventOf,
  RegionUnwatch,
  RegionWatch,
  type Reporter,
  type Surge,
} from './regions.js';
export type { Role } from './roles.js';
export { ROLES } from './roles.js';
export { cellRoom, driverRoom, regionRoom, standbyRoom, tripRoom, tripsRoom, userRoom } from './rooms.js';
export { FASTEST, type Sampling } from './sampling.js';
export {
  Bbox,
  DriverWatch,
  FleetQuery,
  FleetWatch,
  Id,
  NearbyQuery,
  NearbyWatch,
  Nothing,
  Position,
  parse,
  Status,
  StatusChange,
  TokenRenewal,
  TripWatch,
} from './schemas.js';
export { type ShareEnd, type ShareEvents, ShareRequest, ShareToken } from './share.js';
export { DAY_MS, HOUR_MS, POLL_ANSWER_MS, STREAM_HEARTBEAT_MS } from './timing.js';
export { MAX_TRACK_FIXES, type Span, spanOf, TrackQuery, tripSpan } from './track.js';
export type {
  Cancellation,
  Eta,
  Offer,
  OfferedTrip,
  OfferOver,
  Trip,
  TripEta,
  WatchedTrip,
} from './trip-schemas.js';
export { IdempotencyKey, isOpen, mayFollow, TripChange, TripRequest, TripState } from './trips.js';
export { agreedVersion, PROTOCOL_VERSION, PROTOCOL_VERSIONS, UnsupportedVersionError } from './version.js';
export type {
  Answer,
  AnswerTo,
  FeedStreamEvents,
  KeptPushOf,
  NearbyStreamEvents,
  Parsed,
  PushArguments,
  Pushed,
  Pushes,
  PushOf,
  PushPayloads,
  RequestOf,
  Requests,
  Sent,
  StreamEvents,
  TripStreamEvents,
} from './wire-types.js';
