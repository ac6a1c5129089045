import { UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { ChatAbout, ChatHistory, ChatMark, ChatMessage, ChatPage, ChatSend } from '#protocol';
import { AnswerInterceptor, type IdentifiedSocket, OnRequest, Turns } from '#realtime';
import { ChatDesk } from './chat.service.js';

const PARTIES = ['/rider', '/driver'] as const;
type PartySocket = IdentifiedSocket<(typeof PARTIES)[number]>;

/** The chat of a trip is the same for both of its parties. */
@UseInterceptors(AnswerInterceptor)
abstract class PartyChatGateway {
  readonly #turns = new Turns();

  constructor(private readonly desk: ChatDesk) {}

  @OnRequest(PARTIES, 'chat:send')
  send(socket: PartySocket, message: ChatSend): Promise<{ message: ChatMessage }> {
    return this.#turns.take(socket, () => this.desk.send(socket.data, message));
  }

  @OnRequest(PARTIES, 'chat:history')
  history(socket: PartySocket, page: ChatHistory): Promise<ChatPage> {
    return this.desk.history(socket.data, page);
  }

  @OnRequest(PARTIES, 'chat:delivered')
  delivered(socket: PartySocket, mark: ChatMark): Promise<{ unread: number }> {
    return this.desk.mark(socket.data, 'delivered', mark);
  }

  @OnRequest(PARTIES, 'chat:read')
  read(socket: PartySocket, mark: ChatMark): Promise<{ unread: number }> {
    return this.desk.mark(socket.data, 'read', mark);
  }

  @OnRequest(PARTIES, 'chat:typing')
  typing(socket: PartySocket, about: ChatAbout): Promise<void> {
    return this.desk.typing(socket.data, about);
  }
}

@WebSocketGateway({ namespace: '/rider' })
export class RiderChatGateway extends PartyChatGateway {
  constructor(desk: ChatDesk) {
    super(desk);
  }
}

@WebSocketGateway({ namespace: '/driver' })
export class DriverChatGateway extends PartyChatGateway {
  constructor(desk: ChatDesk) {
    super(desk);
  }
}

/** Where support access is on, dispatch may read. */
@UseInterceptors(AnswerInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class DispatchChatGateway {
  constructor(private readonly desk: ChatDesk) {}

  @OnRequest('/dispatch', 'chat:history')
  history(socket: IdentifiedSocket<'/dispatch'>, page: ChatHistory): Promise<ChatPage> {
    return this.desk.history(socket.data, page);
  }
}
