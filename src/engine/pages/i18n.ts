/** What a form page says beside a field that does not fit. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    'missing.text': 'Fill this in, please.',
    'missing.choice': 'Choose something, please.',
    'missing.file': 'Add a file, please.',
    'text.long': 'That is {count} characters; at most {max} fit here.',
    date: '“{value}” is not a day. Write it as 2026-10-12.',
    time: '“{value}” is not a time. Write it as 16:30.',
    choice: 'That is not one of the choices. Choose again, please.',
    number: '“{value}” is not a number.',
    'number.min': '{value} is too small; it is {min} at least.',
    'number.max': '{value} is too large; it is {max} at most.',
    'people.unknown': 'One of them is not in the department any more. Choose again, please.',
    'people.max': 'At most {max} {max|person|people}.',
    'files.max': 'At most {max} {max|file|files}.',
    'files.gone': 'A file that was uploaded before is not here any more. Look at the list, and add what is missing.',
    'not-stored': 'That could not be saved just now. Nothing is lost: please send it once more.',
  },
  {
    'missing.text': '请填写这一项。',
    'missing.choice': '请选择这一项。',
    'missing.file': '请添加文件。',
    'text.long': '一共 {count} 个字，这里最多 {max} 个字。',
    date: '“{value}”不是日期，请写成 2026-10-12 这样。',
    time: '“{value}”不是时间，请写成 16:30 这样。',
    choice: '这不在选项里，请重新选择。',
    number: '“{value}”不是数字。',
    'number.min': '{value} 太小了，最小是 {min}。',
    'number.max': '{value} 太大了，最大是 {max}。',
    'people.unknown': '有人已经不在部门里了，请重新选择。',
    'people.max': '最多选 {max} 人。',
    'files.max': '最多 {max} 个文件。',
    'files.gone': '之前上传的文件有的已经不在了，请看一下列表，把缺的重新添加。',
    'not-stored': '刚才没能保存，填的内容都还在，请再提交一次。',
  },
)
