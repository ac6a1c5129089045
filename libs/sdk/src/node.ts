export { type FileOutboxOptions, fileOutbox } from './outbox/file-store.js';
