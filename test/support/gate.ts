/** A gate of a test: what waits at it goes on when the test says so. */
/** `passed` resolves when `open` is called. */
export function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}
