/** Types that refer to one another in circles: named here, described each in its own file. */
import type { ChatFilter as ChatFilterShape } from '../resolvers/messages/read-chats.ts';
import type { ContactFilter as ContactFilterShape } from '../resolvers/contacts/read-contacts.ts';
import type { LogFilter as LogFilterShape } from '../resolvers/send/read-logs.ts';
import type { MessageFilter as MessageFilterShape } from '../resolvers/messages/read-messages.ts';
import type { Account, Chat, Contact, Group, Message, SendJob, SendLog, Webhook } from '../resolvers/shapes.ts';
import { builder } from './builder.ts';
import { connectionType, uncountedConnectionType } from './connection.ts';

export const AccountRef = builder.objectRef<Account>('Account');
export const GroupRef = builder.objectRef<Group>('Group');
export const ContactRef = builder.interfaceRef<Contact>('Contact');
export const ChatRef = builder.objectRef<Chat>('Chat');
export const MessageRef = builder.objectRef<Message>('Message');
export const SendLogRef = builder.objectRef<SendLog>('SendLog');
export const SendJobRef = builder.objectRef<SendJob>('SendJob');
export const WebhookRef = builder.objectRef<Webhook>('Webhook');

export const GroupConnection = connectionType('Group', GroupRef);
export const ContactConnection = connectionType('Contact', ContactRef);
export const ChatConnection = connectionType('Chat', ChatRef);
export const MessageConnection = uncountedConnectionType('Message', MessageRef);
export const SendLogConnection = connectionType('SendLog', SendLogRef);

export const ContactFilter = builder.inputRef<ContactFilterShape>('ContactFilter');
export const ChatFilter = builder.inputRef<ChatFilterShape>('ChatFilter');
export const MessageFilter = builder.inputRef<MessageFilterShape>('MessageFilter');
export const LogFilter = builder.inputRef<LogFilterShape>('LogFilter');
