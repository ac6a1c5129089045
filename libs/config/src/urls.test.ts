import { describe, expect, test } from 'vitest';
import { isLoopback, maskUrls, urlOf } from './urls.js';

describe('URLs in a text', () => {
  test.each([
    ['redis://user:secret@host:6379/0', 'redis://***@host:6379/0'],
    ['redis://:secret@a:1,redis://:secret@b:1', 'redis://***@a:1,redis://***@b:1'],
    ['redis://u:sec@ret@host', 'redis://***@host'],
    ['redis://u:sec/ret@host', 'redis://***@host'],
    ['redis://u:sec,ret@host, rediss://u:secret@b', 'redis://***@host, rediss://***@b'],
    ['redis://u:sec?#ret@host', 'redis://***@host'],
    ['redis://host:6379?password=secret', 'redis://host:6379?***'],
    ['redis+sentinel://u:secret@a:1,b:2/main?x=secret', 'redis+sentinel://***@a:1,b:2/main?***'],
    ['redis://a?password=secret,redis://b?password=secret', 'redis://a?***,redis://b?***'],
    ['{"url":"redis://u:secret@host","mail":"a@b"}', '{"url":"redis://***@host","mail":"a@b"}'],
    ['cannot reach redis://u:secret@a: it is away', 'cannot reach redis://***@a: it is away'],
  ])('%s is masked as %s', (text, shown) => {
    expect(maskUrls(text)).toBe(shown);
  });

  test('are unchanged when they contain no secret', () => {
    for (const text of ['redis://127.0.0.1:6379', 'redis://a:1,redis://b:2', 'mail a@b about http://c/d'])
      expect(maskUrls(text)).toBe(text);
  });
});

test('the URL of a server is one that a client can open', () => {
  expect(urlOf('127.0.0.1', 3000)).toBe('http://localhost:3000');
  expect(urlOf('0.0.0.0', 3000)).toBe('http://localhost:3000');
  expect(urlOf('::', 3000)).toBe('http://localhost:3000');
  expect(urlOf('::1', 3000)).toBe('http://[::1]:3000');
  expect(urlOf('192.168.1.5', 3000)).toBe('http://192.168.1.5:3000');
});

test('only addresses that other machines cannot reach are loopback', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST'])
    expect(isLoopback(host)).toBe(true);
  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.5',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '128.0.0.1',
  ])
    expect(isLoopback(host)).toBe(false);
});
