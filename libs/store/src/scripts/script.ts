import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { RedisClient } from '../redis-client.js';

const FOLDER = new URL('../lua/', import.meta.url);
const IS_SCRIPT = /-\d\.lua$/;
const INCLUDE = /^-- include (\S+)$/gm;

/** Names of all scripts: the files in `lua/` that end with a number of keys. The other files are included by them. */
export const SCRIPT_NAMES = readdirSync(FOLDER)
  .filter((file) => IS_SCRIPT.test(file))
  .map((file) => file.replace('.lua', ''));

type Argument = string | number | Buffer;
type Command = (...args: readonly Argument[]) => Promise<unknown>;

/** As many keys as the name of the script ends with. */
type KeysOf<Name> = Name extends `${string}-1`
  ? readonly [string]
  : Name extends `${string}-2`
    ? readonly [string, string]
    : Name extends `${string}-3`
      ? readonly [string, string, string]
      : never;

type Definition<Name, Input, Result> = {
  keys: (input: Input) => KeysOf<Name>;
  args: (input: Input) => Argument[];
  /** whether strings of the reply are buffers */
  isBinary?: boolean;
  /** reads the reply of Redis, whose type is stated where this is defined */
  result: (reply: never) => Result;
};

/** Runs a Lua script on a client: named arguments in, typed result out. */
export type Script<Input, Result> = {
  (redis: RedisClient, input: Input): Promise<Result>;
  /**
   * Runs the script only if Redis knows it, otherwise returns null. It is then sent once, within this call, while a script that
   * Redis does not know is sent again after its reply, behind commands that were sent meanwhile.
   */
  ifLoaded(redis: RedisClient, input: Input): Promise<Result | null>;
  script: string;
  keys: (input: Input) => readonly string[];
};

/**
 * Binds `lua/<name>.lua`. The file is read once per process and becomes a command of each client on its first call;
 * the client sends the text of the script only if Redis does not know it. The call is written to the socket at once.
 */
export function script<const Name extends string, Input, Result>(
  name: Name,
  { keys, args, isBinary = false, result }: Definition<Name, Input, Result>,
): Script<Input, Result> {
  const lua = read(name).replace(INCLUDE, (_, included: string) => read(included));
  const numberOfKeys = Number(name.at(-1));
  const definition = { lua, numberOfKeys };
  const sha1 = createHash('sha1').update(lua).digest('hex');
  const run = async (redis: RedisClient, input: Input): Promise<Result> => {
    const commands = redis as unknown as Record<string, Command | undefined>;
    if (commands[name] === undefined) redis.defineCommand(name, definition);
    const command = commands[isBinary ? `${name}Buffer` : name]!;
    return result((await command.call(redis, ...keys(input), ...args(input))) as never);
  };
  const ifLoaded = async (redis: RedisClient, input: Input): Promise<Result | null> => {
    try {
      return result((await redis.evalsha(sha1, numberOfKeys, ...keys(input), ...args(input))) as never);
    } catch (error) {
      if ((error as Error).message.startsWith('NOSCRIPT')) return null;
      throw error;
    }
  };
  return Object.assign(run, { script: name, keys, ifLoaded });
}

const read = (name: string): string => readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');

/** For scripts that return 1 when they did their work, otherwise 0. */
export const succeeded = (reply: number): boolean => reply === 1;

/** For scripts without a result. */
export const ignored = (): void => {};
