/** Names under which Nest injects what has no class of its own. */
export const CONFIG = Symbol('config');
export const NODE = Symbol('name of this process');
export const REDIS = Symbol('redis for commands');
