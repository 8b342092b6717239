/** The calls of the PC hook. What differs from the real ones stands in docs/compatibility-pchook.md. */
import { type Face, type Row, changes, facePaths, reads, sends } from './face.ts';

const contact = { wxid: 'filehelper' };
const room = { gid: 'xxx@chatroom' };
const bytes = ['fileData', 'diyfilename'];

const send = (name: string, zh: string, en: string, needed: Row['needed'], optional?: Row['optional']): Row =>
  sends(name, 'sending', zh, en, { ...contact, ...needed }, optional);

const face: Face = {
  prefix: '/pchook/{id}/',
  style: 'json',
  parameters: [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: { zh: '账号 ID', en: 'The id of the account' },
      schema: { type: 'string' },
      example: '00001',
    },
  ],
  answer: {
    text: {
      zh: '执行类的调用以自己的名称和 success 回答："1" 成功，"0" 失败（error 说明原因），其他文字为结果未知',
      en: 'What is done is answered under the name of the call and `success`: "1" done, "0" not (`error` says why), other words: nobody knows',
    },
    example: { success: '1' },
  },
  fields: {
    wxid: { zh: '微信 id', en: 'The WeChat id' },
    wxidlist: { zh: '微信 id 列表', en: 'WeChat ids' },
    wxidorgid: { zh: '联系人或群的微信 id', en: 'The WeChat id of the contact or chat room' },
    gidorwxid: { zh: '联系人或群的微信 id', en: 'The WeChat id of the contact or chat room' },
    gid: { zh: '群 id', en: 'The chat room' },
    gname: { zh: '新群名', en: 'The new name' },
    mark: { zh: '备注；空为清除', en: 'The remark; empty takes it away' },
    desc: { zh: '验证消息', en: 'What to say to them' },
    v4: { zh: '好友请求里的 ticket', en: 'The `ticket` of the request' },
    msg: { zh: '文本', en: 'The text' },
    atlist: { zh: '被 @ 的微信 id', en: 'Who is mentioned: WeChat ids' },
    picpath: { zh: '图片：地址或路径', en: 'The picture: an address or a path' },
    filepath: { zh: '文件：地址或路径', en: 'The file: an address or a path' },
    videopath: { zh: '视频：地址或路径', en: 'The video: an address or a path' },
    gifpath: { zh: '动图：地址或路径', en: 'The animation: an address or a path' },
    voice_file: { zh: '语音：地址或路径', en: 'The voice: an address or a path' },
    voice_hex: { zh: '语音内容，十六进制', en: 'The bytes of the voice, in hexadecimal' },
    fileData: { zh: '内容，十六进制', en: 'The bytes, in hexadecimal' },
    diyfilename: { zh: '文件名', en: 'Its name' },
    msg_svrid: { zh: '消息的 MsgSvrID', en: 'The `MsgSvrID` of the message' },
    msgsvrid: { zh: '消息的 msgsvrid', en: 'The `msgsvrid` of the message' },
    isEnable: { zh: '1 上报，0 不上报', en: '1 posts, 0 does not' },
    RecvType: { zh: '1 上报，0 不上报', en: '1 posts, 0 does not' },
    url: { zh: '回调地址', en: 'Where events are posted' },
    CallBackURL: { zh: '回调地址', en: 'Where events are posted' },
  },
  rows: [
    reads('IsLoginStatus', 'login', '登录状态', 'Whether it is logged in'),
    reads('GetSelfLoginInfo', 'login', '账号自己的信息', 'The account itself'),
    reads('GetSelfProfile', 'login', '账号自己的信息', 'The account itself'),
    reads('GetLoginQRCode', 'login', '登录二维码', 'The QR code to scan'),
    reads('RefreshLoginQRCode', 'login', '刷新二维码', 'Whether there is a code'),
    changes('ClickLoginButton', 'login', '启动账号', 'Start the account'),
    changes('Logout', 'login', '停止账号', 'Stop the account'),
    changes('TerminateThisWeChat', 'login', '停止账号', 'Stop the account'),
    changes('ConfigureMsgRecive', 'callbacks', '设置回调地址', 'Say where events are posted', {
      isEnable: '1',
      url: 'https://example.com/callback',
    }),
    changes('ConfigureMsgReciveFullURL', 'callbacks', '设置回调地址（新版）', 'Say where events are posted (newer)', {
      RecvType: '1',
      CallBackURL: 'https://example.com/callback',
    }),
    send('SendTextMsg', '发送文本', 'Send a text', { msg: '你好' }, ['atlist']),
    send('SendTextMsg_NoSrc', '发送文本', 'Send a text', { msg: '你好' }, ['atlist']),
    send('SendPicMsg', '发送图片', 'Send a picture', { picpath: 'holiday.png' }, bytes),
    send('SendImgMsg_NoSrc', '发送图片', 'Send a picture', { picpath: 'holiday.png' }, bytes),
    send('SendFileMsg', '发送文件', 'Send a file', { filepath: 'holiday.png' }, bytes),
    send('SendFileMsg_NoSrc', '发送文件', 'Send a file', { filepath: 'holiday.png' }, bytes),
    send('SendVideoMsg', '发送视频', 'Send a video', { videopath: 'holiday.mp4' }, bytes),
    send('SendGIFMsg', '发送动图', 'Send an animation', { gifpath: 'holiday.gif' }, bytes),
    send('SendVoiceMsg', '发送语音', 'Send a voice', { voice_file: 'hello.silk' }, ['voice_hex', ...bytes]),
    sends('SendAtMsg', 'sending', '在群里 @ 成员', 'Mention members', { ...room, msg: '你好', wxidlist: ['wxid_a'] }),
    sends('SendAtMsg_NoSrc', 'sending', '在群里 @ 成员', 'Mention members', {
      ...room,
      msg: '你好',
      wxidlist: ['wxid_a'],
    }),
    sends('SendAtAllMsg', 'sending', '在群里 @ 所有人', 'Mention everybody', { ...room, msg: '你好' }),
    changes('RevokeMsg', 'sending', '撤回消息', 'Take a message back', { msg_svrid: '12' }),
    reads('DownloadVoice', 'sending', '下载语音', 'The bytes of a voice', { msgsvrid: '12' }),
    changes('InitContact', 'contacts', '重新获取通讯录', 'Fetch the contacts anew'),
    reads('GetFriendAndChatRoomList', 'contacts', '好友和群列表', 'All friends and chat rooms'),
    reads('BatchGetContactBriefInfo', 'contacts', '联系人简要信息', 'A little of several contacts', {
      wxidlist: ['filehelper'],
    }),
    reads('GetContact', 'contacts', '联系人信息', 'What is known of contacts', { wxidlist: ['filehelper'] }),
    reads('GetFriendOrChatroomDetailInfo', 'contacts', '联系人或群的详情', 'What is known of a contact or chat room', {
      wxidorgid: 'filehelper',
    }),
    reads('GetHeadIMG', 'contacts', '头像', 'A portrait', contact),
    changes('EditFriendMark', 'contacts', '修改备注', 'Set a remark', { ...contact, mark: '张三' }),
    changes('StickyChat', 'contacts', '置顶', 'Pin', { gidorwxid: 'filehelper' }),
    changes('UnpinChat', 'contacts', '取消置顶', 'Unpin', { gidorwxid: 'filehelper' }),
    sends('AddNewFriend', 'contacts', '添加好友', 'Ask somebody to become a friend', { wxid: 'wxid_xxx' }, ['desc']),
    changes('VerifyFriend', 'contacts', '接受好友请求', 'Accept a friend request', { v4: '12' }),
    reads('GetChatrooMmemberDetail', 'rooms', '群成员详情', 'Its members', room),
    reads('BatchGetChatRoomMemberWxid', 'rooms', '群成员的微信 id', 'Ids of its members', room),
    changes('CreateChatRoom', 'rooms', '建群', 'Make a chat room', { wxidlist: ['wxid_a', 'wxid_b'] }),
    changes('AddFriendToChatRoom', 'rooms', '添加群成员', 'Add members', { ...room, wxidlist: ['wxid_a'] }),
    changes('InviteFriendToChatRoom', 'rooms', '邀请群成员', 'Invite members', { ...room, wxidlist: ['wxid_a'] }),
    changes('ChatRoomMemberBatchDelete', 'rooms', '移出群成员', 'Remove members', { ...room, wxidlist: ['wxid_a'] }),
    changes('ChatRoomEditName', 'rooms', '修改群名', 'Rename a chat room', { ...room, gname: '新群名' }),
    changes('ChatRoomEditMark', 'rooms', '修改群备注', 'Set the remark of a chat room', { ...room, mark: '备注' }),
  ],
};

export const pchookPaths = facePaths(face);
