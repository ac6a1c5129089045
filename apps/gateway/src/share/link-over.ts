/** Said into the room of a trip, between gateways: a link was revoked, or all of them when it is null. */
export const LINK_OVER = 'link:over';
export type LinkOver = { digest: string | null };
