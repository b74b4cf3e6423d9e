[Profile]
Version=1
Id=web-browser
Name=Web browser
Name[de]=Webbrowser
Description=Reaches the Internet, but not this computer; what it saves in its home is kept
Description[de]=Erreicht das Internet, aber nicht diesen Rechner; ihr persönlicher Ordner bleibt erhalten
Icon=web-browser
Applications=firefox.desktop;firefox-esr.desktop;chromium.desktop;google-chrome.desktop;org.gnome.Epiphany.desktop;epiphany.desktop;org.kde.falkon.desktop;midori.desktop;netsurf-gtk.desktop;surf.desktop;dillo.desktop;torbrowser.desktop;
Categories=WebBrowser;

[Files]
Home=private

[Network]
Mode=user
