/** Drawings made by scripts. */

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes. */
export function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** An icon from the sprite. */
export function iconFor(sprite, name) {
  const svg = svgElement("svg", { class: "icon", "aria-hidden": "true" });
  svg.append(svgElement("use", { href: `${sprite}#${name}` }));
  return svg;
}
