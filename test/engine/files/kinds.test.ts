/** A file is what its content says, whatever it is called; what could run is never taken. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recognise, tidyName } from '../../../src/engine/files/kinds.ts'
import { compound, JPEG, PDF, PNG, zip } from './samples.ts'

const GB18030 = Buffer.from([0xb2, 0xa1, 0xbc, 0xd9, 0x2c, 0x33, 0xcc, 0xec]) // 病假,3天
const heic = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), Buffer.alloc(12)])

const TAKEN: readonly (readonly [name: string, content: Buffer, kind: string, mediaType: string])[] = [
  ['a.png', PNG, 'picture', 'image/png'],
  ['photo.exe', PNG, 'picture', 'image/png'],
  ['a.jpg', JPEG, 'picture', 'image/jpeg'],
  ['a.gif', Buffer.from('GIF89a\x01\x00\x01\x00'), 'picture', 'image/gif'],
  ['a.webp', Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 '), 'picture', 'image/webp'],
  ['IMG_0001.HEIC', heic('heic'), 'picture', 'image/heic'],
  ['scan.pdf', PDF, 'pdf', 'application/pdf'],
  [
    '病假单.docx',
    zip('[Content_Types].xml', 'word/document.xml'),
    'document',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  [
    'a.xlsx',
    zip('[Content_Types].xml', 'xl/workbook.xml'),
    'sheet',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  [
    'a.pptx',
    zip('[Content_Types].xml', 'ppt/presentation.xml'),
    'document',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
  ['old.doc', compound('Root Entry', 'WordDocument'), 'document', 'application/msword'],
  ['old.xls', compound('Root Entry', 'Workbook'), 'sheet', 'application/vnd.ms-excel'],
  ['a.txt', Buffer.from('病假三天\n'), 'document', 'text/plain; charset=utf-8'],
  ['无后缀', Buffer.from('just words'), 'document', 'text/plain; charset=utf-8'],
  ['a.csv', Buffer.from('\uFEFF工号,姓名\nS01,安然\n'), 'sheet', 'text/csv; charset=utf-8'],
  ['excel.csv', GB18030, 'sheet', 'text/csv; charset=gb18030'],
  ['a.txt', GB18030, 'document', 'text/plain; charset=gb18030'],
]
const REFUSED: readonly (readonly [name: string, content: Buffer, why: string])[] = [
  ['a.png', Buffer.alloc(0), 'empty'],
  ['setup.exe', Buffer.from('MZ\x90\x00\x03'), 'program'],
  ['photo.png', Buffer.from('MZ\x90\x00\x03'), 'disguised'],
  ['tool', Buffer.from('\x7fELF\x02\x01\x01'), 'program'],
  ['page.html', Buffer.from('hello'), 'program'],
  ['page.txt', Buffer.from('\n<!DOCTYPE html><p>hello'), 'disguised'],
  ['page.txt', Buffer.from('\uFEFF<html>'), 'disguised'],
  ['picture.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), 'disguised'],
  ['picture.svg', Buffer.from('<?xml version="1.0"?><svg/>'), 'program'],
  ['run.txt', Buffer.from('#!/bin/sh\nrm -rf ~\n'), 'disguised'],
  ['诊断.png', Buffer.from('<!doctype html><p>hello'), 'disguised'],
  ['诊断.docx', Buffer.from('<html>'), 'disguised'],
  ['run.bat', Buffer.from('del *.*'), 'program'],
  ['run.ps1', Buffer.from('Remove-Item *'), 'program'],
  ['macros.docm', zip('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin'), 'program'],
  ['macros.doc', compound('WordDocument', 'Macros', '_VBA_PROJECT'), 'program'],
  ['locked.xlsx', compound('EncryptionInfo', 'EncryptedPackage'), 'locked'],
  ['setup.msi', compound('Root Entry'), 'unknown'],
  ['files.zip', zip('a.txt', 'b.exe'), 'unknown'],
  ['app.jar', zip('META-INF/MANIFEST.MF'), 'unknown'],
  ['cut.docx', zip('[Content_Types].xml', 'word/document.xml').subarray(0, 60), 'unknown'],
  ['data.bin', Buffer.from([1, 2, 3, 4, 0, 255]), 'unknown'],
  ['data.json', Buffer.from('{}'), 'unknown'],
  ['latin.txt', Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'unknown'],
]

describe('what a file is', () => {
  it.each(TAKEN)('%s is told by its content', (name, content, kind, mediaType) => {
    expect(recognise(content, name)).toMatchObject({ kind, mediaType })
  })

  it.each(REFUSED)('%s is not taken', (name, content, why) => {
    expect(recognise(content, name)).toBe(why)
  })

  it('is told of any bytes without stumbling', () => {
    const heads = fc.constantFrom(Buffer.alloc(0), PNG, PDF, zip('[Content_Types].xml'), compound('Workbook'))
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 200 }), fc.string(), (head, tail, name) => {
        recognise(Buffer.concat([head.subarray(0, head.length), tail]), name)
        recognise(Buffer.concat([head.subarray(0, Math.floor(head.length / 2)), tail]), name)
      }),
    )
  })
})

describe('a name', () => {
  const png = { endings: ['png'] }
  it.each([
    ['报销单.png', '报销单.png'],
    ['REPORT.PNG', 'REPORT.png'],
    ['holiday.exe', 'holiday.exe.png'],
    ['../../etc/passwd', '_.._etc_passwd.png'],
    ['C:\\temp\\a.png', 'C__temp_a.png'],
    ['gnp.\u202Eexe', 'gnp.exe.png'],
    ['a\r\nb.png', 'ab.png'],
    ['', 'file.png'],
    ['.png', 'file.png'],
  ])('%j becomes %j', (name, tidy) => {
    expect(tidyName(name, png)).toBe(tidy)
  })

  it('is short, whatever it was, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const tidy = tidyName(name, png)
        expect(tidy.endsWith('.png')).toBe(true)
        expect([...tidy].length).toBeLessThanOrEqual(124)
        expect(tidy).not.toMatch(/[/\\\p{Cc}\p{Cf}]/u)
        expect(tidyName(tidy, png)).toBe(tidy)
      }),
    )
  })
})
