import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatMessage, Party } from '#protocol';
import { type Chat, type ChatEvents, Emitter, HexfleetError } from '#sdk';
import { Conversation } from './conversation.js';

const message = (seq: number, role: Party = 'driver', text = `text ${seq}`): ChatMessage => ({
  tripId: 't',
  seq,
  id: `m${seq}`,
  from: role,
  role,
  text,
  at: seq,
});

type Answer = { stored: (stored: ChatMessage) => void; refused: (error: HexfleetError) => void };

/** A chat with `count` read messages. Sent messages wait until the test answers them. */
class ScriptedChat extends Emitter<ChatEvents> {
  readonly sent: Array<Answer & { text: string }> = [];
  readonly queries: object[] = [];
  reads = 0;
  isClosed = false;

  constructor(private readonly count: number) {
    super();
  }

  async history(query: { before?: number; limit: number }): Promise<ChatMessage[]> {
    this.queries.push(query);
    const end = query.before ?? this.count + 1;
    const first = Math.max(1, end - query.limit);
    return Array.from({ length: end - first }, (_, i) => message(first + i));
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

  push<E extends keyof ChatEvents>(event: E, data: ChatEvents[E]): void {
    this.emit(event, data);
  }
}

const open = (count = 0) => {
  const chat = new ScriptedChat(count);
  // The cast is needed for the private members of the SDK's class, which are not used here.
  const conversation = new Conversation(chat as unknown as Chat, 'rider', () => 1_000);
  const seqs = () => conversation.$state.get().messages.map(({ seq }) => seq);
  return { chat, conversation, seqs };
};

const page = Object.assign(new EventTarget(), { hidden: false });
beforeEach(() => vi.stubGlobal('document', page));
afterEach(() => vi.unstubAllGlobals());

test('the newest messages load once online, and older ones page by page', async () => {
  const { chat, conversation, seqs } = open(70);
  conversation.setOnline(false);
  expect(chat.queries).toEqual([]);
  conversation.setOnline(true);
  await vi.waitFor(() => expect(seqs()).toHaveLength(30));
  await conversation.loadOlder();
  expect(conversation.$state.get().hasOlder).toBe(true);
  await conversation.loadOlder();
  await conversation.loadOlder();
  expect(chat.queries).toEqual([{ limit: 30 }, { before: 41, limit: 30 }, { before: 11, limit: 30 }]);
  expect(conversation.$state.get().hasOlder).toBe(false);
  expect(seqs()).toEqual(Array.from({ length: 70 }, (_, i) => i + 1));
});

test('a message appears once and in order, whether it was pushed or loaded', async () => {
  const { chat, conversation, seqs } = open(2);
  chat.push('message', message(3));
  chat.push('message', message(2));
  conversation.setOnline(true);
  await vi.waitFor(() => expect(seqs()).toEqual([1, 2, 3]));
});

test('an outgoing message is replaced by its pushed copy even before its own answer', async () => {
  const { chat, conversation, seqs } = open();
  conversation.send('  hello ');
  conversation.send('and');
  expect(conversation.$state.get().outgoing.map(({ text }) => text)).toEqual(['  hello ', 'and']);
  chat.push('message', message(1, 'driver', 'and'));
  expect(conversation.$state.get().outgoing).toHaveLength(2);
  chat.push('message', message(2, 'rider', 'hello'));
  expect(conversation.$state.get().outgoing.map(({ text }) => text)).toEqual(['and']);
  chat.sent[0]!.stored(message(2, 'rider', 'hello'));
  chat.sent[1]!.stored(message(3, 'rider', 'and'));
  await vi.waitFor(() => expect(conversation.$state.get().outgoing).toEqual([]));
  expect(seqs()).toEqual([1, 2, 3]);
});

test('a rejected message stays with its reason until it is sent again or discarded', async () => {
  const { chat, conversation } = open();
  const refusal = new HexfleetError({ code: 'RATE_LIMITED', message: '', retry: true });
  conversation.send('a');
  conversation.send('b');
  for (const { refused } of chat.sent) refused(refusal);
  await vi.waitFor(() =>
    expect(conversation.$state.get().outgoing.map((one) => one.refusal)).toEqual([refusal, refusal]),
  );
  const [a, b] = conversation.$state.get().outgoing;
  conversation.discard(b!.key);
  conversation.retry(a!.key);
  expect(conversation.$state.get().outgoing).toMatchObject([{ text: 'a', refusal: null }]);
  expect(chat.sent.map(({ text }) => text)).toEqual(['a', 'b', 'a']);
});

test('messages count as read only while the chat is shown on a visible page', () => {
  const { chat, conversation } = open();
  chat.push('message', message(1));
  expect(chat.reads).toBe(0);
  conversation.setShown(true);
  expect(chat.reads).toBe(1);
  page.hidden = true;
  chat.push('message', message(2));
  expect(chat.reads).toBe(1);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(chat.reads).toBe(2);
  conversation.setShown(false);
  chat.push('message', message(3));
  expect(chat.reads).toBe(2);
  conversation.close();
  expect(chat.isClosed).toBe(true);
});
