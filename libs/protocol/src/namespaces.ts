export const NAMESPACES = ['/driver', '/rider', '/dispatch'] as const;
/** Socket.IO namespace; the role of a token decides which one a client may connect to. */
export type Namespace = (typeof NAMESPACES)[number];
