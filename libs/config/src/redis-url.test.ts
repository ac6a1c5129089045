import { describe, expect, test } from 'vitest';
import { parseRedisUrl } from './redis-url.js';

describe('the address of Redis', () => {
  test('is one node, or several of a cluster', () => {
    expect(parseRedisUrl('redis://u:p@a:1/2')).toEqual({
      kind: 'nodes',
      urls: ['redis://u:p@a:1/2'],
      database: 2,
    });
    expect(parseRedisUrl('redis://a:1, rediss://b:2')).toMatchObject({ kind: 'nodes', database: 0 });
  });

  test('is a master that sentinels know by its name', () => {
    expect(parseRedisUrl('redis+sentinel://a:1,b,[::1]:3/main')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: '::1', port: 3 },
      ],
      master: 'main',
      database: 0,
      tls: false,
    });
    expect(
      parseRedisUrl(
        'rediss+sentinel://user:p%40ss@a:1/my-master/3?sentinelUsername=watch&sentinelPassword=w%26ss',
      ),
    ).toMatchObject({
      master: 'my-master',
      database: 3,
      tls: true,
      username: 'user',
      password: 'p@ss',
      sentinelUsername: 'watch',
      sentinelPassword: 'w&ss',
    });
  });

  test.each([
    'http://a',
    'redis://a,nonsense',
    'redis+sentinel://a:1',
    'redis+sentinel:///main',
    'redis+sentinel://a:1,/main',
    'redis+sentinel://a:port/main',
    'redis+sentinel://a:1/main/x',
    'redis+sentinel://a:1/main/0/more',
    'redis+sentinel://a:1/main?password=x',
  ])('is not %s', (url) => {
    expect(parseRedisUrl(url)).toBeNull();
  });
});
