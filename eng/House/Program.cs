// Draws docs/images/house.svg from the assemblies beside this program: dotnet run --project eng/House
using House;

var root = new DirectoryInfo(AppContext.BaseDirectory);
while (!File.Exists(Path.Combine(root.FullName, "Notebooks.sln")))
{
    root = root.Parent ?? throw new InvalidOperationException("This program has to be run from its checkout.");
}

var picture = Path.Combine(root.FullName, "docs", "images", "house.svg");
File.WriteAllText(picture, Drawing.Of(Dependencies.Read(AppContext.BaseDirectory)));
Console.WriteLine($"{Path.GetRelativePath(root.FullName, picture)} is drawn.");
