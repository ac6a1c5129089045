import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import { regionOf } from '#geo/cells';
import { DataError, isOfData } from './data-error.js';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test.each<[unknown]>([
  [new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value')],
  [new ReplyError('ERR value is not a valid float script: 1f2e, on @user_script:45.')],
  [thrownBy(() => JSON.parse('{'))],
  [thrownBy(() => (null as unknown as { fix: object }).fix)],
  [thrownBy(() => Buffer.alloc(4).writeUInt32BE(-1))],
  [thrownBy(() => regionOf('none'))],
  [new DataError('drivers could not be written')],
])('a retry would fail again: %s', (error) => {
  expect(isOfData(error)).toBe(true);
});

test.each<[unknown]>([
  [new Error('Connection is closed.')],
  [new Error("Stream isn't writeable and enableOfflineQueue options is false")],
  [new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms.")],
  [new Error('Too many Cluster redirections. Last error: ReplyError: TRYAGAIN')],
  [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ...[
    'TRYAGAIN',
    'MOVED 1 :1',
    'CLUSTERDOWN',
    'LOADING',
    'READONLY',
    'OOM',
    'MISCONF',
    'NOPERM',
    'NOGROUP',
  ].map((code): [unknown] => [new ReplyError(`${code} and the message of Redis`)]),
])('a retry can succeed: %s', (error) => {
  expect(isOfData(error)).toBe(false);
});
