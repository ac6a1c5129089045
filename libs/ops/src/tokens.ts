/** Injection tokens of values that have no class of their own. */
export const CONFIG = Symbol('config');
export const NODE = Symbol('name of this process');
export const ROLE = Symbol('role of this process');
export const REDIS = Symbol('redis for commands');
