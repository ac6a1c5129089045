import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { attached } from './attached.js';

/** Arguments of a request of a socket. */
export type Request = { socket: Socket; payload: unknown };

/**
 * Handles a request.
 * @param ack null if the client wants no answer
 */
export type RequestHandler = (request: Request, ack: ((answer: object) => void) | null) => void;

/**
 * Handlers of the requests to a namespace, by event. All sockets share them: a listener of each socket for each event would
 * take more memory than the rest of an idle connection.
 */
export const requestTable = attached((_io: IoNamespace) => new Map<string, RequestHandler>());
