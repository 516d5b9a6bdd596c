/** Keeps a log at its end for whoever was there, when a picture arrives or the composer below it grows. */

/** Nearer to the end than this counts as being at the end. */
const NEAR_END_PX = 120

export class End {
  /**
   * @param {HTMLElement} log
   * @param {() => void} reached called whenever the end comes into sight
   */
  constructor(log, reached) {
    this.log = log
    this.reached = reached
    this.follows = true
    log.addEventListener('scroll', () => {
      this.follows = this.isNear
      if (this.follows) reached()
    })
    const keep = () => this.follows && this.go()
    log.addEventListener('load', keep, true)
    new ResizeObserver(keep).observe(log)
  }

  get isNear() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX
  }

  go() {
    this.follows = true
    this.log.scrollTop = this.log.scrollHeight
    this.reached()
  }
}
