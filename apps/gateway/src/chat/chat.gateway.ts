import { UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { ChatAbout, ChatHistory, ChatMark, ChatMessage, ChatPage, ChatSend } from '#protocol';
import { AckInterceptor, type IdentifiedSocket, KeyedQueue, OnRequest } from '#realtime';
import { ChatService } from './chat.service.js';

const PARTIES = ['/rider', '/driver'] as const;
type PartySocket = IdentifiedSocket<(typeof PARTIES)[number]>;

/** Chat requests, which are the same for both parties of a trip. */
@UseInterceptors(AckInterceptor)
abstract class PartyChatGateway {
  readonly #sends = new KeyedQueue();

  constructor(private readonly chat: ChatService) {}

  @OnRequest(PARTIES, 'chat:send')
  send(socket: PartySocket, message: ChatSend): Promise<{ message: ChatMessage }> {
    return this.#sends.run(socket, () => this.chat.send(socket.data, message));
  }

  @OnRequest(PARTIES, 'chat:history')
  history(socket: PartySocket, page: ChatHistory): Promise<ChatPage> {
    return this.chat.history(socket.data, page);
  }

  @OnRequest(PARTIES, 'chat:delivered')
  delivered(socket: PartySocket, mark: ChatMark): Promise<{ unread: number }> {
    return this.chat.mark(socket.data, 'delivered', mark);
  }

  @OnRequest(PARTIES, 'chat:read')
  read(socket: PartySocket, mark: ChatMark): Promise<{ unread: number }> {
    return this.chat.mark(socket.data, 'read', mark);
  }

  @OnRequest(PARTIES, 'chat:typing')
  typing(socket: PartySocket, about: ChatAbout): Promise<void> {
    return this.chat.typing(socket.data, about);
  }
}

@WebSocketGateway({ namespace: '/rider' })
export class RiderChatGateway extends PartyChatGateway {
  constructor(chat: ChatService) {
    super(chat);
  }
}

@WebSocketGateway({ namespace: '/driver' })
export class DriverChatGateway extends PartyChatGateway {
  constructor(chat: ChatService) {
    super(chat);
  }
}

/** Lets dispatch read chats where support access is enabled. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class DispatchChatGateway {
  constructor(private readonly chat: ChatService) {}

  @OnRequest('/dispatch', 'chat:history')
  history(socket: IdentifiedSocket<'/dispatch'>, page: ChatHistory): Promise<ChatPage> {
    return this.chat.history(socket.data, page);
  }
}
