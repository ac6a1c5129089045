import { UseInterceptors } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { ChatAbout, ChatHistory, ChatMark, type ChatMessage, type ChatPage, ChatSend } from '#protocol';
import { AnswerInterceptor, type IdentifiedSocket, parsed, Turns } from '#realtime';
import { ChatDesk } from './chat-desk.js';

/** The chat of a trip is the same for both of its parties. */
@UseInterceptors(AnswerInterceptor)
abstract class PartyChatGateway {
  readonly #turns = new Turns();

  constructor(private readonly desk: ChatDesk) {}

  @SubscribeMessage('chat:send')
  send(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatSend)) message: ChatSend,
  ): Promise<{ message: ChatMessage }> {
    return this.#turns.take(socket, () => this.desk.send(socket.data, message));
  }

  @SubscribeMessage('chat:history')
  history(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatHistory)) page: ChatHistory,
  ): Promise<ChatPage> {
    return this.desk.history(socket.data, page);
  }

  @SubscribeMessage('chat:delivered')
  delivered(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatMark)) mark: ChatMark,
  ): Promise<{ unread: number }> {
    return this.desk.mark(socket.data, 'delivered', mark);
  }

  @SubscribeMessage('chat:read')
  read(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatMark)) mark: ChatMark,
  ): Promise<{ unread: number }> {
    return this.desk.mark(socket.data, 'read', mark);
  }

  @SubscribeMessage('chat:typing')
  typing(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatAbout)) about: ChatAbout,
  ): Promise<void> {
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

  @SubscribeMessage('chat:history')
  history(
    @ConnectedSocket() socket: IdentifiedSocket,
    @MessageBody(parsed(ChatHistory)) page: ChatHistory,
  ): Promise<ChatPage> {
    return this.desk.history(socket.data, page);
  }
}
