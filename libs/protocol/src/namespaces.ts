export const NAMESPACES = ['/driver', '/rider', '/dispatch'] as const;
/** What one connects to, by role. */
export type Namespace = (typeof NAMESPACES)[number];
