/** What the outbox says of its own. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    moved: 'Nothing could be said here for a while: this has moved to {platform}.',
    'file.too-large':
      '“{name}” ({size}) is too large to be sent here (at most {max}). It is file {number}: your administrator can take it out with `ops files get {number}`.',
    'file.nowhere':
      '“{name}” cannot be sent here: this platform takes no files. It is file {number}: your administrator can take it out with `ops files get {number}`.',
  },
  {
    moved: '这里有一段时间发不出消息，这件事已转到{platform}。',
    'file.too-large':
      '“{name}”（{size}）太大，这里发不出来（最大 {max}）。文件编号 {number}，管理员可以用 `ops files get {number}` 取出。',
    'file.nowhere':
      '“{name}”在这里发不出来：这个平台不收文件。文件编号 {number}，管理员可以用 `ops files get {number}` 取出。',
  },
)
