/** What a sent message is, kept with it: a card is replaced by a card, words by words, and nothing by the other. */

export const CARD_HANDLE = 'card'
export const POST_HANDLE = 'post'
/** A file, or a picture with words: it cannot be changed. */
export const FILE_HANDLE = 'file'
