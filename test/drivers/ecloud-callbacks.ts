/** Callbacks of E云 for the tests of its driver. */
import type { Callback, DriverEvent, Self, UpstreamMessage } from '../../src/drivers/driver.ts';
import { decode } from '../../src/drivers/ecloud/decode.ts';

export const me = 'wxid_phyyedw9xap22';
export const friend = 'wxid_ynu1tgjz156j22';
export const room = '25411981800@chatroom';
export const now = 1_795_312_000_000;

/** The example of the documentation, digit for digit. */
export const documented = `{
    "account": "17200000000",
    "data": {
        "content": "消息内容",
        "fromGroup": "25411981800@chatroom",
        "fromUser": "wxid_ynu1tgjz156j22",
        "memberCount": 8,
        "msgId": 1685074592,
        "atlist": ["wxid_phyyedw9xap22"],
        "newMsgId": 1497474118261484795,
        "self": false,
        "timestamp": 1640772092,
        "toUser": "wxid_phyyedw9xap22",
        "wId": "12491ae9-62aa-4f7a-83e6-9db4e9f28e3c"
    },
    "messageType": "80001",
    "wcId": "wxid_phyyedw9xap22"
}`;

export function callbackOf(body: string, self: Self | null = null): Callback {
  return {
    body: new TextEncoder().encode(body),
    contentType: 'application/json',
    query: new URLSearchParams(),
    self,
    now,
  };
}

export function decodeText(body: string, person: string | null = me): DriverEvent[] {
  return decode(callbackOf(body), person);
}

/** A callback of this messageType; `data` in addition to what every message has. */
export function bodyOf(messageType: unknown, data: object = {}, whole: object = {}): string {
  const common = { msgId: 77, newMsgId: 990, self: false, timestamp: 1_640_772_092, toUser: me, wId: 'w' };
  const who = String(messageType).startsWith('80') ? { fromUser: friend, fromGroup: room } : { fromUser: friend };
  return JSON.stringify({ account: '1', messageType, wcId: me, data: { ...common, ...who, ...data }, ...whole });
}

export function messageOf(body: string): UpstreamMessage {
  const [event, ...others] = decodeText(body);
  if (event?.type !== 'message' || others.length > 0)
    throw new Error(`no message: ${JSON.stringify([event, ...others])}`);
  return event.message;
}
