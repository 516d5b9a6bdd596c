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
    this.top = log.scrollTop
    log.addEventListener('scroll', () => {
      // Only who goes up stops following: a picture that makes the log longer moves the end away from under them.
      if (this.isNear) this.follows = true
      else if (log.scrollTop < this.top) this.follows = false
      this.top = log.scrollTop
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
    this.top = this.log.scrollTop
    this.reached()
  }
}
