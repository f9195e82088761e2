// The framework's own words in the reader's language: its toolbars, menus and boxes know English only.
{
  const catalogue = JSON.parse(document.getElementById("kanhu-words").textContent);
  const whole = new Map(catalogue.filter(([from]) => !from.includes("{")));
  const open = catalogue
    .filter(([from]) => from.includes("{"))
    .map(([from, to]) => [new RegExp(`^${from.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "(.+)")}$`), to]);
  const named = ["aria-label", "title", "placeholder"];

  function inWords(text) {
    const bare = text.trim();
    if (whole.has(bare)) return whole.get(bare);
    for (const [from, to] of open) {
      const found = bare.match(from);
      if (found) return found.slice(1).reduce((said, part) => said.replace(/\{\w+\}/, () => part), to);
    }
    return null;
  }

  function sayText(node) {
    const said = inWords(node.nodeValue);
    if (said !== null && said !== node.nodeValue) node.nodeValue = said;
  }

  function sayNames(element) {
    for (const name of named) {
      const said = element.hasAttribute(name) ? inWords(element.getAttribute(name)) : null;
      if (said !== null) element.setAttribute(name, said);
    }
  }

  function sayAll(root) {
    if (root.nodeType === Node.TEXT_NODE) return sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walk.nextNode()) node.nodeType === Node.TEXT_NODE ? sayText(node) : sayNames(node);
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") sayText(change.target);
      else if (change.type === "attributes") sayNames(change.target);
      else change.addedNodes.forEach(sayAll);
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributeFilter: named });
}
