# Installs usbipd-desktop for this user: copies the program, puts its folder into the user's PATH, and adds the command
# `docker usb` if docker's command line is there. Needs no administrator. Run it in the folder of the unpacked archive:
#
#   powershell -ExecutionPolicy Bypass -File install.ps1
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall
param([switch]$Uninstall)
$ErrorActionPreference = 'Stop'

$target = Join-Path $env:LOCALAPPDATA 'Programs\usbipd-desktop'
$program = Join-Path $target 'usbipd-desktop.exe'
$entries = @([Environment]::GetEnvironmentVariable('Path', 'User') -split ';' | Where-Object { $_ -and $_ -ne $target })

if ($Uninstall) {
    if (Test-Path $program) { & $program plugin uninstall }
    if (Test-Path $target) { Remove-Item -Recurse $target }
    [Environment]::SetEnvironmentVariable('Path', ($entries -join ';'), 'User')
    Write-Output 'usbipd-desktop is removed.'
    exit 0
}

New-Item -ItemType Directory -Force $target | Out-Null
Copy-Item -Recurse -Force (Join-Path $PSScriptRoot '*') $target
[Environment]::SetEnvironmentVariable('Path', (($entries + $target) -join ';'), 'User')
if (Get-Command docker -ErrorAction SilentlyContinue) { & $program plugin install }
Write-Output "usbipd-desktop is installed in $target. Open a new terminal, and run: usbipd-desktop status"
Write-Output "For completion in PowerShell, add to `$PROFILE: . '$(Join-Path $target 'completions\usbipd-desktop.ps1')'"
