# For a file from a stranger: nothing but the file, nothing is kept, and no weaker isolation.
[Profile]
Version=1
Id=email-attachment
Name=E-mail attachment
Name[de]=E-Mail-Anhang
Description=For a file from a stranger: offline, and nothing is kept
Description[de]=Für eine Datei von Fremden: offline, und nichts bleibt erhalten
Icon=mail-attachment

[Network]
Mode=none

[Lifecycle]
Timeout=1h
