import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatMessage, Party } from '#protocol';
import { type Chat, type ChatEvents, Emitter, HexfleetError } from '#sdk';
import { Conversation } from './conversation.js';

const said = (seq: number, role: Party = 'driver', text = `text ${seq}`): ChatMessage => ({
  tripId: 't',
  seq,
  id: `m${seq}`,
  from: role,
  role,
  text,
  at: seq,
});

type Answer = { stored: (message: ChatMessage) => void; refused: (error: HexfleetError) => void };

/** A chat of so many messages, all of them read, whose texts wait until they are answered. */
class ScriptedChat extends Emitter<ChatEvents> {
  readonly sent: Array<Answer & { text: string }> = [];
  readonly asked: object[] = [];
  reads = 0;
  isClosed = false;

  constructor(private readonly count: number) {
    super();
  }

  async history(query: { before?: number; limit: number }): Promise<ChatMessage[]> {
    this.asked.push(query);
    const end = query.before ?? this.count + 1;
    const first = Math.max(1, end - query.limit);
    return Array.from({ length: end - first }, (_, i) => said(first + i));
  }

  send(text: string): Promise<ChatMessage> {
    return new Promise((stored, refused) => this.sent.push({ text, stored, refused }));
  }

  read(): void {
    this.reads += 1;
  }

  close(): void {
    this.isClosed = true;
  }

  tell<E extends keyof ChatEvents>(event: E, news: ChatEvents[E]): void {
    this.emit(event, news);
  }
}

const open = (count = 0) => {
  const chat = new ScriptedChat(count);
  // The sdk's class has private parts, which nothing here looks at.
  const conversation = new Conversation(chat as unknown as Chat, 'rider');
  const seqs = () => conversation.state.get().messages.map(({ seq }) => seq);
  return { chat, conversation, seqs };
};

const page = Object.assign(new EventTarget(), { hidden: false });
beforeEach(() => vi.stubGlobal('document', page));
afterEach(() => vi.unstubAllGlobals());

test('the newest come with the connection, older ones by page until the first', async () => {
  const { chat, conversation, seqs } = open(70);
  conversation.setOnline(false);
  expect(chat.asked).toEqual([]);
  conversation.setOnline(true);
  await vi.waitFor(() => expect(seqs()).toHaveLength(30));
  await conversation.loadOlder();
  expect(conversation.state.get().hasOlder).toBe(true);
  await conversation.loadOlder();
  await conversation.loadOlder();
  expect(chat.asked).toEqual([{ limit: 30 }, { before: 41, limit: 30 }, { before: 11, limit: 30 }]);
  expect(conversation.state.get().hasOlder).toBe(false);
  expect(seqs()).toEqual(Array.from({ length: 70 }, (_, i) => i + 1));
});

test('a message is there once, in its place, however it came', async () => {
  const { chat, conversation, seqs } = open(2);
  chat.tell('message', said(3));
  chat.tell('message', said(2));
  conversation.setOnline(true);
  await vi.waitFor(() => expect(seqs()).toEqual([1, 2, 3]));
});

test('a text waits, and becomes the message that is pushed before its answer comes', async () => {
  const { chat, conversation, seqs } = open();
  conversation.send('  hello ');
  conversation.send('and');
  expect(conversation.state.get().outgoing.map(({ text }) => text)).toEqual(['  hello ', 'and']);
  chat.tell('message', said(1, 'driver', 'and'));
  expect(conversation.state.get().outgoing).toHaveLength(2);
  chat.tell('message', said(2, 'rider', 'hello'));
  expect(conversation.state.get().outgoing.map(({ text }) => text)).toEqual(['and']);
  chat.sent[0]!.stored(said(2, 'rider', 'hello'));
  chat.sent[1]!.stored(said(3, 'rider', 'and'));
  await vi.waitFor(() => expect(conversation.state.get().outgoing).toEqual([]));
  expect(seqs()).toEqual([1, 2, 3]);
});

test('a text that is refused stays with the reason, until it is sent again or discarded', async () => {
  const { chat, conversation } = open();
  const refusal = new HexfleetError({ code: 'RATE_LIMITED', message: '', retry: true });
  conversation.send('a');
  conversation.send('b');
  for (const { refused } of chat.sent) refused(refusal);
  await vi.waitFor(() =>
    expect(conversation.state.get().outgoing.map((one) => one.refusal)).toEqual([refusal, refusal]),
  );
  const [a, b] = conversation.state.get().outgoing;
  conversation.discard(b!.key);
  conversation.retry(a!.key);
  expect(conversation.state.get().outgoing).toMatchObject([{ text: 'a', refusal: null }]);
  expect(chat.sent.map(({ text }) => text)).toEqual(['a', 'b', 'a']);
});

test('what comes is read only while it is shown on a page that is seen', () => {
  const { chat, conversation } = open();
  chat.tell('message', said(1));
  expect(chat.reads).toBe(0);
  conversation.setShown(true);
  expect(chat.reads).toBe(1);
  page.hidden = true;
  chat.tell('message', said(2));
  expect(chat.reads).toBe(1);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(chat.reads).toBe(2);
  conversation.setShown(false);
  chat.tell('message', said(3));
  expect(chat.reads).toBe(2);
  conversation.close();
  expect(chat.isClosed).toBe(true);
});
