/** Injection token of the id of this run: it differs from that of an earlier process with the same name. */
export const RUN_ID = Symbol('run id');
