/** Style sheets are files of their own; importing one puts it beside the page. */
declare module '*.css';
