/** The hook's calls: what is served, and what cannot be. */
import {
  acceptFriend,
  addToRoom,
  askFriend,
  createRoom,
  pin,
  remark,
  removeFromRoom,
  renameRoom,
  unpin,
} from './admin.ts';
import { refused } from './answers.ts';
import type { Answer } from './call.ts';
import { configureCallback } from './callback.ts';
import {
  givePicture,
  initContact,
  listFriendsAndRooms,
  tellBriefly,
  tellContacts,
  tellDetails,
  tellMemberWxids,
  tellMembers,
} from './contacts.ts';
import { clickLogin, giveQrCode, logOut, renewQrCode, tellSelf, tellStatus } from './login.ts';
import { giveVoice, revoke } from './messages.ts';
import { sendAt, sendAtAll, sendAtWithoutSource, sendText, sendTextWithoutSource } from './send.ts';
import { sendAnimation, sendFile, sendPicture, sendVideo, sendVoice } from './send-media.ts';

type Row = {
  call: string;
  answer: Answer;
  /** The body may hold a file. */
  takesFile?: true;
};

/** The wire's own spelling. */
export const rows: readonly Row[] = [
  { call: 'IsLoginStatus', answer: tellStatus },
  { call: 'GetSelfLoginInfo', answer: tellSelf },
  { call: 'GetSelfProfile', answer: tellSelf },
  { call: 'GetLoginQRCode', answer: giveQrCode },
  { call: 'RefreshLoginQRCode', answer: renewQrCode },
  { call: 'ClickLoginButton', answer: clickLogin },
  { call: 'Logout', answer: logOut },
  { call: 'TerminateThisWeChat', answer: logOut },
  { call: 'ConfigureMsgRecive', answer: configureCallback },
  { call: 'ConfigureMsgReciveFullURL', answer: configureCallback },
  { call: 'SendTextMsg', answer: sendText },
  { call: 'SendTextMsg_NoSrc', answer: sendTextWithoutSource },
  { call: 'SendPicMsg', answer: sendPicture, takesFile: true },
  { call: 'SendImgMsg_NoSrc', answer: sendPicture, takesFile: true },
  { call: 'SendFileMsg', answer: sendFile, takesFile: true },
  { call: 'SendFileMsg_NoSrc', answer: sendFile, takesFile: true },
  { call: 'SendVideoMsg', answer: sendVideo, takesFile: true },
  { call: 'SendGIFMsg', answer: sendAnimation, takesFile: true },
  { call: 'SendVoiceMsg', answer: sendVoice, takesFile: true },
  { call: 'SendAtMsg', answer: sendAt },
  { call: 'SendAtMsg_NoSrc', answer: sendAtWithoutSource },
  { call: 'SendAtAllMsg', answer: sendAtAll },
  { call: 'RevokeMsg', answer: revoke },
  { call: 'DownloadVoice', answer: giveVoice },
  { call: 'InitContact', answer: initContact },
  { call: 'GetFriendAndChatRoomList', answer: listFriendsAndRooms },
  { call: 'BatchGetContactBriefInfo', answer: tellBriefly },
  { call: 'GetContact', answer: tellContacts },
  { call: 'GetFriendOrChatroomDetailInfo', answer: tellDetails },
  { call: 'GetChatrooMmemberDetail', answer: tellMembers },
  { call: 'BatchGetChatRoomMemberWxid', answer: tellMemberWxids },
  { call: 'GetHeadIMG', answer: givePicture },
  { call: 'CreateChatRoom', answer: createRoom },
  { call: 'AddFriendToChatRoom', answer: addToRoom },
  { call: 'InviteFriendToChatRoom', answer: addToRoom },
  { call: 'ChatRoomMemberBatchDelete', answer: removeFromRoom },
  { call: 'ChatRoomEditName', answer: renameRoom },
  { call: 'ChatRoomEditMark', answer: remark },
  { call: 'EditFriendMark', answer: remark },
  { call: 'StickyChat', answer: pin },
  { call: 'UnpinChat', answer: unpin },
  { call: 'AddNewFriend', answer: askFriend },
  { call: 'VerifyFriend', answer: acceptFriend },
  ...notServed('No driver of this gateway can send this.', [
    'SendQuoteMsg',
    'SendCardMsg',
    'SendLocationMsg',
    'SendPatMsg',
    'FowardXMLMsg',
    'FowardEssayMsg',
    'ForwardAllMsg',
  ]),
  ...notServed('No driver of this gateway can do this.', ['QuitChatRoom', 'DeleteFriend', 'QueryBodyInfo']),
  ...notServed('Media are at the addresses that posts tell; nothing is written to the disk of a client.', [
    'DecodePic',
    'DownPic',
    'DownFileorPic',
    'DownPic4ID',
    'GetGIFURL',
  ]),
  ...notServed('Accounts are made by the API of this gateway, and each has an address of its own.', [
    'AgainStartWeChat',
    'StartWechat',
    'Get_WeChatProcessNumber',
    'Get_PortOccupiedInfo',
  ]),
];

function notServed(words: string, calls: readonly string[]): Row[] {
  return calls.map((call) => ({ call, answer: async ({ name }) => refused(name, words) }));
}
